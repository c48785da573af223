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
ALTER TABLE `evidence` ADD `party` text DEFAULT 'reporter' NOT NULL;
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
