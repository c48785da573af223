DELETE FROM `case_events`;--> statement-breakpoint
DELETE FROM `cases`;--> statement-breakpoint
CREATE TABLE `aid_ledger` (
	`year` integer NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`amount_fen` integer NOT NULL,
	`application_id` text,
	`released_from` text,
	`entered_by` text NOT NULL,
	`approved_by` text,
	`request_key` text,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`year`, `seq`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `aid_ledger_request_key_unique` ON `aid_ledger` (`request_key`);--> statement-breakpoint
CREATE INDEX `aid_ledger_application` ON `aid_ledger` (`application_id`);--> statement-breakpoint
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
CREATE INDEX `case_reminders_inbox` ON `case_reminders` (`recipient`,`due_on`,`id`) WHERE settled_at IS NULL;--> statement-breakpoint
CREATE TABLE `respondent_access` (
	`response_no` text PRIMARY KEY NOT NULL,
	`case_id` text NOT NULL,
	`key_id` text NOT NULL,
	`issued_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `respondent_access_valid` ON `respondent_access` (`case_id`) WHERE revoked_at IS NULL;--> statement-breakpoint
CREATE TABLE `respondent_statements` (
	`id` text PRIMARY KEY NOT NULL,
	`case_id` text NOT NULL,
	`response_no` text NOT NULL,
	`kind` text NOT NULL,
	`sealed` blob NOT NULL,
	`evidence_ids` text NOT NULL,
	`due_on` text,
	`late` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `respondent_statements_case` ON `respondent_statements` (`case_id`,`at`);--> statement-breakpoint
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
CREATE TABLE `evidence_custody` (
	`evidence_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`sha256` text NOT NULL,
	`data` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`evidence_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `evidence_derivatives` (
	`evidence_id` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`media_type` text NOT NULL,
	`method` text NOT NULL,
	`made_at` integer NOT NULL,
	FOREIGN KEY (`evidence_id`) REFERENCES `evidence`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
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
CREATE TABLE `report_marks` (
	`report_id` text NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`report_id`, `kind`, `value`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `report_marks_kind_value` ON `report_marks` (`kind`,`value`);--> statement-breakpoint
CREATE TABLE `report_receipts` (
	`report_id` text PRIMARY KEY NOT NULL,
	`evidence_root` text NOT NULL,
	`evidence_count` integer NOT NULL
);
--> statement-breakpoint
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
CREATE INDEX `cases_dispute` ON `cases` (`dispute_with`);--> statement-breakpoint
ALTER TABLE `evidence` ADD `claimed_captured_at` integer;--> statement-breakpoint
ALTER TABLE `evidence` ADD `exif_captured_at` integer;--> statement-breakpoint
ALTER TABLE `evidence` ADD `filing_place` integer;--> statement-breakpoint
ALTER TABLE `evidence` ADD `party` text DEFAULT 'reporter' NOT NULL;--> statement-breakpoint
ALTER TABLE `evidence` ADD `custody_seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `evidence` ADD `custody_hash` text DEFAULT '0000000000000000000000000000000000000000000000000000000000000000' NOT NULL;--> statement-breakpoint
ALTER TABLE `identities` ADD `erase_after` integer;--> statement-breakpoint
ALTER TABLE `identities` ADD `keep_until` integer;--> statement-breakpoint
CREATE INDEX `identities_erase_after` ON `identities` (`erase_after`);--> statement-breakpoint
ALTER TABLE `reports` ADD `work_order_key` text;--> statement-breakpoint
ALTER TABLE `reports` ADD `content_key` blob;--> statement-breakpoint
ALTER TABLE `reports` ADD `closed_at` integer;--> statement-breakpoint
ALTER TABLE `reports` ADD `retention_rule` text;--> statement-breakpoint
ALTER TABLE `reports` ADD `erase_after` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `reports_work_order_key_unique` ON `reports` (`work_order_key`);--> statement-breakpoint
CREATE INDEX `reports_erase_after` ON `reports` (`erase_after`);--> statement-breakpoint
ALTER TABLE `staff_accounts` ADD `disabled_at` integer;--> statement-breakpoint
ALTER TABLE `staff_accounts` ADD `totp_sealed` blob;--> statement-breakpoint
ALTER TABLE `staff_accounts` ADD `totp_pending_sealed` blob;--> statement-breakpoint
ALTER TABLE `staff_sessions` ADD `created_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `staff_sessions` ADD `last_seen_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE TRIGGER `evidence_custody_keeps_rows` BEFORE DELETE ON `evidence_custody`
BEGIN
	SELECT RAISE(ABORT, 'evidence_custody is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `evidence_custody_keeps_values` BEFORE UPDATE ON `evidence_custody`
BEGIN
	SELECT RAISE(ABORT, 'evidence_custody is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `case_events_keep_rows` BEFORE DELETE ON `case_events`
BEGIN
	SELECT RAISE(ABORT, 'case_events is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `case_events_keep_values` BEFORE UPDATE ON `case_events`
BEGIN
	SELECT RAISE(ABORT, 'case_events is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_entries_no_update` BEFORE UPDATE ON `audit_entries` BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_entries_no_delete` BEFORE DELETE ON `audit_entries` BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_entries_continue` BEFORE INSERT ON `audit_entries`
WHEN NEW.`seq` <> coalesce((SELECT max(`seq`) FROM `audit_entries` WHERE `account_id` = NEW.`account_id`), 0) + 1
BEGIN SELECT RAISE(ABORT, 'does not continue its chain: audit_entries.account_id, audit_entries.seq'); END;
--> statement-breakpoint
CREATE TRIGGER `anchors_no_update` BEFORE UPDATE ON `anchors` BEGIN SELECT RAISE(ABORT, 'anchors is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `anchors_no_delete` BEFORE DELETE ON `anchors` BEGIN SELECT RAISE(ABORT, 'anchors is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `anchors_continue` BEFORE INSERT ON `anchors`
WHEN NEW.`seq` <> coalesce((SELECT max(`seq`) FROM `anchors`), 0) + 1
BEGIN SELECT RAISE(ABORT, 'does not continue its chain: anchors.seq'); END;
--> statement-breakpoint
CREATE TRIGGER `anchor_heads_no_update` BEFORE UPDATE ON `anchor_heads` BEGIN SELECT RAISE(ABORT, 'anchor_heads is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `anchor_heads_no_delete` BEFORE DELETE ON `anchor_heads` BEGIN SELECT RAISE(ABORT, 'anchor_heads is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `aid_ledger_no_update` BEFORE UPDATE ON `aid_ledger` BEGIN SELECT RAISE(ABORT, 'aid_ledger is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `aid_ledger_no_delete` BEFORE DELETE ON `aid_ledger` BEGIN SELECT RAISE(ABORT, 'aid_ledger is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `aid_ledger_continue` BEFORE INSERT ON `aid_ledger`
WHEN NEW.`seq` <> coalesce((SELECT max(`seq`) FROM `aid_ledger` WHERE `year` = NEW.`year`), 0) + 1
BEGIN SELECT RAISE(ABORT, 'does not continue its chain: aid_ledger.year, aid_ledger.seq'); END;
--> statement-breakpoint
CREATE TRIGGER `respondent_statements_keep_rows` BEFORE DELETE ON `respondent_statements`
BEGIN
	SELECT RAISE(ABORT, 'respondent_statements is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `respondent_statements_keep_values` BEFORE UPDATE ON `respondent_statements`
BEGIN
	SELECT RAISE(ABORT, 'respondent_statements is append-only');
END;
