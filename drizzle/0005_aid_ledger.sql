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
CREATE TRIGGER `aid_ledger_no_update` BEFORE UPDATE ON `aid_ledger` BEGIN SELECT RAISE(ABORT, 'aid_ledger is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `aid_ledger_no_delete` BEFORE DELETE ON `aid_ledger` BEGIN SELECT RAISE(ABORT, 'aid_ledger is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `aid_ledger_continue` BEFORE INSERT ON `aid_ledger`
WHEN NEW.`seq` <> coalesce((SELECT max(`seq`) FROM `aid_ledger` WHERE `year` = NEW.`year`), 0) + 1
BEGIN SELECT RAISE(ABORT, 'does not continue its chain: aid_ledger.year, aid_ledger.seq'); END;
