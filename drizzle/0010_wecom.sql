CREATE TABLE `wecom_accounts` (
	`open_kfid` text PRIMARY KEY NOT NULL,
	`sealed_cursor` blob
);
--> statement-breakpoint
CREATE TABLE `wecom_customers` (
	`customer_key` text PRIMARY KEY NOT NULL,
	`person_key` text NOT NULL,
	`sealed_address` blob NOT NULL,
	`last_wrote_at` integer,
	`wrote` integer DEFAULT 0 NOT NULL,
	`sent` integer DEFAULT 0 NOT NULL,
	`sealed_options` blob,
	`seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `wecom_customers_person` ON `wecom_customers` (`person_key`,`last_wrote_at`);--> statement-breakpoint
CREATE INDEX `wecom_customers_seen` ON `wecom_customers` (`seen_at`);--> statement-breakpoint
CREATE TABLE `wecom_messages` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`customer_key` text NOT NULL,
	`reading` text NOT NULL,
	`received_at` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`sealed_inbound` blob,
	`sealed_answer` blob,
	`shown` integer DEFAULT 0 NOT NULL,
	`begun` integer DEFAULT 0 NOT NULL,
	`round` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `wecom_messages_key_unique` ON `wecom_messages` (`key`);--> statement-breakpoint
CREATE INDEX `wecom_messages_received` ON `wecom_messages` (`received_at`);--> statement-breakpoint
CREATE INDEX `wecom_messages_customer` ON `wecom_messages` (`customer_key`,`state`,`seq`);--> statement-breakpoint
CREATE INDEX `wecom_messages_state` ON `wecom_messages` (`state`,`customer_key`);--> statement-breakpoint
CREATE TABLE `wecom_turns` (
	`key` text PRIMARY KEY NOT NULL,
	`holder` text,
	`lease_until` integer,
	`wanted` integer DEFAULT 0 NOT NULL
);
