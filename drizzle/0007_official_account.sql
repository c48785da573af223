CREATE TABLE `official_account_messages` (
	`key` text PRIMARY KEY NOT NULL,
	`user_key` text NOT NULL,
	`received_at` integer NOT NULL,
	`sealed_inbound` blob,
	`sealed_answer` blob,
	`worker` text,
	`lease_until` integer,
	`last_delivery` text NOT NULL,
	`last_delivery_at` integer NOT NULL,
	`way` text,
	`given_to` text,
	`given_to_at` integer,
	`shown` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`delivered_at` integer
);
--> statement-breakpoint
CREATE INDEX `official_account_messages_received` ON `official_account_messages` (`received_at`);--> statement-breakpoint
CREATE INDEX `official_account_messages_user` ON `official_account_messages` (`user_key`,`received_at`);--> statement-breakpoint
CREATE TABLE `official_account_nonces` (
	`key` text PRIMARY KEY NOT NULL,
	`body_hash` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `official_account_nonces_at` ON `official_account_nonces` (`at`);--> statement-breakpoint
CREATE TABLE `official_account_users` (
	`user_key` text PRIMARY KEY NOT NULL,
	`last_wrote_at` integer NOT NULL,
	`sealed_options` blob,
	`options_at` integer
);
