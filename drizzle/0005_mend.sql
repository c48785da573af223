ALTER TABLE `evidence` ADD `image_hash` text;--> statement-breakpoint
ALTER TABLE `reports` ADD `material_of` text;--> statement-breakpoint
CREATE INDEX `reports_material` ON `reports` (`material_of`);--> statement-breakpoint
CREATE INDEX `reports_reporter` ON `reports` (`reporter_key`,`filed_at`);--> statement-breakpoint
CREATE INDEX `cases_report_no` ON `cases` (`report_no`);