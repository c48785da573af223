CREATE TABLE `knowledge_questions` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`channel` text NOT NULL,
	`outcome` text NOT NULL,
	`confidence` real NOT NULL,
	`passages` integer NOT NULL,
	`knowledge_version` text NOT NULL,
	`standard_answer_id` text,
	`group_key` text NOT NULL,
	`sealed_question` blob NOT NULL,
	`sealed_trace` blob NOT NULL,
	`state` text NOT NULL,
	`reasons` text NOT NULL,
	`revision` integer NOT NULL,
	`thumb` text,
	`sealed_comment` blob,
	`resolution` text,
	`sealed_note` blob,
	`resolved_with` text,
	`closed_by` text,
	`closed_at` integer
);
--> statement-breakpoint
CREATE INDEX `knowledge_questions_state_at` ON `knowledge_questions` (`state`,`at`);--> statement-breakpoint
CREATE INDEX `knowledge_questions_group` ON `knowledge_questions` (`group_key`,`state`);--> statement-breakpoint
CREATE TABLE `knowledge_standard_answers` (
	`id` text PRIMARY KEY NOT NULL,
	`questions` text NOT NULL,
	`text` text NOT NULL,
	`citations` text NOT NULL,
	`reviewer` text,
	`approved_at` integer,
	`expires_on` text NOT NULL,
	`enabled` integer NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`hit_count` integer NOT NULL,
	`last_hit_at` integer
);
