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
