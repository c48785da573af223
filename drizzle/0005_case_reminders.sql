CREATE TABLE `case_reminders` (
	`id` text PRIMARY KEY NOT NULL,
	`case_id` text NOT NULL,
	`due_on` text NOT NULL,
	`step` text NOT NULL,
	`rung` text NOT NULL,
	`recipient_kind` text NOT NULL,
	`recipient` text NOT NULL,
	`created_at` integer NOT NULL,
	`read_at` integer,
	`settled_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `case_reminders_once` ON `case_reminders` (`case_id`,`due_on`,`step`,`rung`,`recipient_kind`,`recipient`);--> statement-breakpoint
CREATE INDEX `case_reminders_inbox` ON `case_reminders` (`recipient`,`due_on`,`id`) WHERE settled_at IS NULL;