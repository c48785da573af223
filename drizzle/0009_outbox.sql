CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`idempotency_key` text NOT NULL,
	`event` text NOT NULL,
	`kind` text NOT NULL,
	`door` text NOT NULL,
	`report_id` text,
	`fields` text NOT NULL,
	`recipient` blob NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`max_attempts` integer NOT NULL,
	`created_at` integer NOT NULL,
	`next_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`lease_token` text,
	`lease_until` integer,
	`settled_at` integer,
	`reason` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_idempotency_key_unique` ON `outbox` (`idempotency_key`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`state`,`door`,`next_at`);--> statement-breakpoint
CREATE INDEX `outbox_state` ON `outbox` (`state`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `outbox_created` ON `outbox` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `outbox_report` ON `outbox` (`report_id`);--> statement-breakpoint
CREATE INDEX `outbox_lease` ON `outbox` (`lease_token`);--> statement-breakpoint
CREATE TABLE `outbox_attempts` (
	`notice_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`outcome` text,
	`reason` text,
	PRIMARY KEY(`notice_id`, `attempt`)
);
--> statement-breakpoint
CREATE TABLE `notice_consents` (
	`report_id` text NOT NULL,
	`door` text NOT NULL,
	`address` blob NOT NULL,
	`agreed_at` integer NOT NULL,
	PRIMARY KEY(`report_id`, `door`),
	FOREIGN KEY (`report_id`) REFERENCES `reports`(`id`) ON UPDATE no action ON DELETE no action
);
