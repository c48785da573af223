CREATE TABLE `case_links` (
	`case_id` text NOT NULL,
	`other_id` text NOT NULL,
	`relation` text NOT NULL,
	PRIMARY KEY(`case_id`, `other_id`, `relation`)
);
--> statement-breakpoint
CREATE INDEX `case_links_other` ON `case_links` (`other_id`);--> statement-breakpoint
CREATE TABLE `case_notes` (
	`case_id` text NOT NULL,
	`seq` integer NOT NULL,
	`sealed` blob NOT NULL,
	PRIMARY KEY(`case_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `report_marks` (
	`report_id` text NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`report_id`, `kind`, `value`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `report_marks_kind_value` ON `report_marks` (`kind`,`value`);--> statement-breakpoint
ALTER TABLE `case_events` ADD `due` text;--> statement-breakpoint
ALTER TABLE `case_events` ADD `note_hash` text;--> statement-breakpoint
ALTER TABLE `cases` ADD `report_no` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `cases` ADD `track` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `cases` ADD `due_outer` text;--> statement-breakpoint
ALTER TABLE `cases` ADD `due_step` text;--> statement-breakpoint
ALTER TABLE `cases` ADD `handler` text;--> statement-breakpoint
ALTER TABLE `cases` ADD `transfer_to` text;--> statement-breakpoint
ALTER TABLE `cases` ADD `dispute_with` text;--> statement-breakpoint
ALTER TABLE `cases` ADD `supervised` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `cases` ADD `facts` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `cases` ADD `ended_at` integer;--> statement-breakpoint
CREATE INDEX `cases_office_state` ON `cases` (`office_code`,`state`,`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `cases_state` ON `cases` (`state`,`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `cases_office_due` ON `cases` (`office_code`,`due_on`,`id`);--> statement-breakpoint
CREATE INDEX `cases_due` ON `cases` (`due_on`,`id`);--> statement-breakpoint
CREATE INDEX `cases_transfer` ON `cases` (`transfer_to`);--> statement-breakpoint
CREATE INDEX `cases_dispute` ON `cases` (`dispute_with`);