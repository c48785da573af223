CREATE TABLE `knowledge_vectors` (
	`passage` text NOT NULL,
	`model` text NOT NULL,
	`hash` text NOT NULL,
	`vector` blob NOT NULL,
	PRIMARY KEY(`passage`, `model`)
);
