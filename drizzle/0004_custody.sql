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
CREATE TABLE `report_receipts` (
	`report_id` text PRIMARY KEY NOT NULL,
	`evidence_root` text NOT NULL,
	`evidence_count` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `evidence` ADD `claimed_captured_at` integer;--> statement-breakpoint
ALTER TABLE `evidence` ADD `exif_captured_at` integer;--> statement-breakpoint
ALTER TABLE `evidence` ADD `filing_place` integer;--> statement-breakpoint
ALTER TABLE `evidence` ADD `custody_seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `evidence` ADD `custody_hash` text DEFAULT '0000000000000000000000000000000000000000000000000000000000000000' NOT NULL;--> statement-breakpoint
CREATE TRIGGER `evidence_custody_keeps_rows` BEFORE DELETE ON `evidence_custody`
BEGIN
	SELECT RAISE(ABORT, 'evidence_custody is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `evidence_custody_keeps_values` BEFORE UPDATE ON `evidence_custody`
BEGIN
	SELECT RAISE(ABORT, 'evidence_custody is append-only');
END;
