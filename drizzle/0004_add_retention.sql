CREATE TABLE `deletion_requests` (
	`report_id` text NOT NULL,
	`part` text NOT NULL,
	`requested_at` integer NOT NULL,
	`waits_for` text,
	PRIMARY KEY(`report_id`, `part`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `erasures` (
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`report_id` text NOT NULL,
	`rule` text NOT NULL,
	`hash` text,
	`begun_at` integer NOT NULL,
	`erased_at` integer,
	PRIMARY KEY(`kind`, `subject_id`)
);
--> statement-breakpoint
CREATE INDEX `erasures_report` ON `erasures` (`report_id`);--> statement-breakpoint
CREATE INDEX `erasures_erased` ON `erasures` (`erased_at`);--> statement-breakpoint
CREATE TABLE `identity_index` (
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`report_id` text NOT NULL,
	PRIMARY KEY(`kind`, `key`, `report_id`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `identity_index_report` ON `identity_index` (`report_id`);--> statement-breakpoint
CREATE TABLE `legal_holds` (
	`id` text PRIMARY KEY NOT NULL,
	`report_id` text NOT NULL,
	`category` text NOT NULL,
	`sealed_reason` blob NOT NULL,
	`set_by` text NOT NULL,
	`set_at` integer NOT NULL,
	`lifted_by` text,
	`lifted_at` integer,
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `legal_holds_report` ON `legal_holds` (`report_id`);--> statement-breakpoint
ALTER TABLE `identities` ADD `erase_after` integer;--> statement-breakpoint
ALTER TABLE `identities` ADD `keep_until` integer;--> statement-breakpoint
CREATE INDEX `identities_erase_after` ON `identities` (`erase_after`);--> statement-breakpoint
ALTER TABLE `reports` ADD `content_key` blob;--> statement-breakpoint
ALTER TABLE `reports` ADD `closed_at` integer;--> statement-breakpoint
ALTER TABLE `reports` ADD `retention_rule` text;--> statement-breakpoint
ALTER TABLE `reports` ADD `erase_after` integer;--> statement-breakpoint
CREATE INDEX `reports_erase_after` ON `reports` (`erase_after`);