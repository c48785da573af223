CREATE TABLE `report_marks` (
	`report_id` text NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`report_id`, `kind`, `value`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `report_marks_kind_value` ON `report_marks` (`kind`,`value`);