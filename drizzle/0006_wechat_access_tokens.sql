CREATE TABLE `wechat_access_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`sealed` blob,
	`expires_at` integer,
	`lease_holder` text,
	`lease_until` integer
);
