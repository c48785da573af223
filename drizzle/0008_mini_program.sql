CREATE TABLE `content_checks` (
	`id` text PRIMARY KEY NOT NULL,
	`report_id` text NOT NULL,
	`evidence_id` text,
	`state` text NOT NULL,
	`label` text,
	`trace_id` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`checked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `content_checks_trace_id_unique` ON `content_checks` (`trace_id`);--> statement-breakpoint
CREATE INDEX `content_checks_report` ON `content_checks` (`report_id`);--> statement-breakpoint
CREATE INDEX `content_checks_state` ON `content_checks` (`state`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `mini_program_users` (
	`user_id` text PRIMARY KEY NOT NULL,
	`reporter_key` text NOT NULL,
	`sealed_openid` blob NOT NULL,
	`seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `mini_program_users_reporter` ON `mini_program_users` (`reporter_key`);--> statement-breakpoint
CREATE INDEX `mini_program_users_seen` ON `mini_program_users` (`seen_at`);--> statement-breakpoint
CREATE TABLE `subscription_consents` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`template` text NOT NULL,
	`sealed_openid` blob,
	`agreed_at` integer NOT NULL,
	`taken_for` text,
	`tried_at` integer,
	`sent_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `subscription_consents_taken` ON `subscription_consents` (`taken_for`);--> statement-breakpoint
CREATE INDEX `subscription_consents_free` ON `subscription_consents` (`user_id`,`template`,`agreed_at`);--> statement-breakpoint
CREATE INDEX `subscription_consents_agreed` ON `subscription_consents` (`agreed_at`);