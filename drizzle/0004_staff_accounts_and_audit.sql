CREATE TABLE `anchor_heads` (
	`anchor_seq` integer NOT NULL,
	`chain` text NOT NULL,
	`seq` integer NOT NULL,
	`head` text NOT NULL,
	PRIMARY KEY(`anchor_seq`, `chain`)
);
--> statement-breakpoint
CREATE TABLE `anchors` (
	`seq` integer PRIMARY KEY NOT NULL,
	`hour` integer NOT NULL,
	`at` integer NOT NULL,
	`chains` integer NOT NULL,
	`root` text NOT NULL,
	`changes_hash` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	`key_id` text NOT NULL,
	`signature` blob NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `anchors_hour_unique` ON `anchors` (`hour`);--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`action` text NOT NULL,
	`subject_kind` text,
	`subject_id` text,
	`office_code` text NOT NULL,
	`outcome` text NOT NULL,
	`reason_sealed` blob,
	`request_id` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_entries_account_seq` ON `audit_entries` (`account_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_entries_at` ON `audit_entries` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_subject` ON `audit_entries` (`subject_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_entries_office` ON `audit_entries` (`office_code`,`at`);--> statement-breakpoint
CREATE TABLE `staff_absences` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`deputy_id` text NOT NULL,
	`from_day` text NOT NULL,
	`to_day` text NOT NULL,
	`set_by` text NOT NULL,
	`set_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `staff_absences_account` ON `staff_absences` (`account_id`,`to_day`);--> statement-breakpoint
CREATE INDEX `staff_absences_deputy` ON `staff_absences` (`deputy_id`,`to_day`);--> statement-breakpoint
CREATE TABLE `staff_recovery_codes` (
	`account_id` text NOT NULL,
	`code_hash` text NOT NULL,
	PRIMARY KEY(`account_id`, `code_hash`)
);
--> statement-breakpoint
CREATE TABLE `staff_spent_codes` (
	`account_id` text NOT NULL,
	`code` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `code`)
);
--> statement-breakpoint
ALTER TABLE `staff_accounts` ADD `disabled_at` integer;--> statement-breakpoint
ALTER TABLE `staff_accounts` ADD `totp_sealed` blob;--> statement-breakpoint
ALTER TABLE `staff_accounts` ADD `totp_pending_sealed` blob;--> statement-breakpoint
ALTER TABLE `staff_sessions` ADD `created_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `staff_sessions` ADD `last_seen_at` integer DEFAULT 0 NOT NULL;