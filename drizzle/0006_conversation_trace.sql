CREATE TABLE `conversation_references` (
	`key` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `conversation_references_conversation` ON `conversation_references` (`conversation_id`);--> statement-breakpoint
CREATE INDEX `conversation_references_at` ON `conversation_references` (`at`);--> statement-breakpoint
ALTER TABLE `conversation_turns` ADD `sealed_trace` blob;