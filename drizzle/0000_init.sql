CREATE TABLE `caller_sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`channel` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `limit_counters` (
	`key` text NOT NULL,
	`window_start` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`key`, `window_start`)
);
--> statement-breakpoint
CREATE TABLE `case_events` (
	`case_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`data` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`case_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `cases` (
	`id` text PRIMARY KEY NOT NULL,
	`report_id` text NOT NULL,
	`matter` text NOT NULL,
	`county` text,
	`office_code` text NOT NULL,
	`state` text NOT NULL,
	`seq` integer NOT NULL,
	`due_on` text,
	`due_kind` text,
	`due_rule_id` text,
	`due_provisional` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `cases_report` ON `cases` (`report_id`);--> statement-breakpoint
CREATE INDEX `cases_office_opened` ON `cases` (`office_code`,`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `cases_opened` ON `cases` (`opened_at`,`id`);--> statement-breakpoint
CREATE INDEX `cases_provisional` ON `cases` (`due_provisional`,`due_rule_id`);--> statement-breakpoint
CREATE TABLE `conversation_turns` (
	`conversation_id` text NOT NULL,
	`seq` integer NOT NULL,
	`message_key` text NOT NULL,
	`sealed` blob NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`conversation_id`, `seq`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `conversation_turns_message` ON `conversation_turns` (`conversation_id`,`message_key`);--> statement-breakpoint
CREATE INDEX `conversation_turns_at` ON `conversation_turns` (`at`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`id` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`sealed` blob NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `conversations_updated` ON `conversations` (`updated_at`);--> statement-breakpoint
CREATE TABLE `handoff_tickets` (
	`ticket_no` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`channel` text NOT NULL,
	`reason` text NOT NULL,
	`sealed` blob NOT NULL,
	`opened_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `evidence` (
	`id` text PRIMARY KEY NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`media_type` text NOT NULL,
	`sealed_name` blob NOT NULL,
	`received_at` integer NOT NULL,
	`owner_key` text,
	`report_id` text,
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `evidence_report` ON `evidence` (`report_id`);--> statement-breakpoint
CREATE TABLE `idempotent_answers` (
	`key` text PRIMARY KEY NOT NULL,
	`request_hash` text NOT NULL,
	`sealed` blob NOT NULL,
	`answered_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `identities` (
	`report_id` text PRIMARY KEY NOT NULL,
	`wrapped_key` blob NOT NULL,
	`sealed` blob NOT NULL,
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `reports` (
	`id` text PRIMARY KEY NOT NULL,
	`report_no` text NOT NULL,
	`query_key_id` text NOT NULL,
	`report_type` text NOT NULL,
	`county` text,
	`channel` text NOT NULL,
	`reporter_key` text,
	`sealed` blob NOT NULL,
	`filed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reports_report_no_unique` ON `reports` (`report_no`);--> statement-breakpoint
CREATE TABLE `report_supplements` (
	`id` text PRIMARY KEY NOT NULL,
	`report_id` text NOT NULL,
	`sealed` blob NOT NULL,
	`added_at` integer NOT NULL,
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `report_supplements_report` ON `report_supplements` (`report_id`);--> statement-breakpoint
CREATE TABLE `staff_accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`account` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`office_code` text NOT NULL,
	`password_hash` text NOT NULL,
	`must_change_password` integer NOT NULL,
	`failed_attempts` integer NOT NULL,
	`locked_until` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `staff_accounts_account_unique` ON `staff_accounts` (`account`);--> statement-breakpoint
CREATE TABLE `staff_sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `staff_accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
