CREATE TABLE `knowledge_statute_indexes` (
	`version` text PRIMARY KEY NOT NULL,
	`content` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `knowledge_statutes` (
	`instrument` text NOT NULL,
	`edition` text NOT NULL,
	`portion` text NOT NULL,
	`sha256` text NOT NULL,
	`version` text NOT NULL,
	`content` text NOT NULL,
	`imported_at` integer NOT NULL,
	PRIMARY KEY(`instrument`, `edition`, `portion`)
);
