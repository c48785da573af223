CREATE TABLE `conversation_references` (
	`key` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `conversation_references_conversation` ON `conversation_references` (`conversation_id`);--> statement-breakpoint
CREATE INDEX `conversation_references_at` ON `conversation_references` (`at`);--> statement-breakpoint
ALTER TABLE `conversation_turns` ADD `sealed_trace` blob;--> statement-breakpoint
ALTER TABLE `evidence` ADD `image_hash` text;--> statement-breakpoint
ALTER TABLE `reports` ADD `material_of` text;--> statement-breakpoint
CREATE INDEX `reports_material` ON `reports` (`material_of`);--> statement-breakpoint
CREATE INDEX `reports_reporter` ON `reports` (`reporter_key`,`filed_at`);--> statement-breakpoint
CREATE INDEX `cases_report_no` ON `cases` (`report_no`);