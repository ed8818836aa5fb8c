-- The history of a project's scans: .stackcheck/history.db, one SQLite file at the project root.
--
-- All tables are permanent: nothing in them can be made again from anything else but another scan. Everything of one scan is
-- written in one transaction, so a scan is in here whole or not at all. Readers other than stackcheck should use the views
-- at the end: their names and columns stay when the tables change. NULL in a byte count means "not known", never 0.
--
-- The build puts this text into the program (history.c runs it on a new file). To change it: raise user_version here and in
-- open.c, and write the step from the version before.

PRAGMA application_id = 1398033219; -- "STKC": says whose file this is
PRAGMA user_version = 1;            -- version of this schema; a newer one is refused

-- Strings that come back in every run (paths, symbols, words), kept once.
CREATE TABLE name (
	id   INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE                      -- valid UTF-8
) STRICT;

-- One scan.
CREATE TABLE run (
	id              INTEGER PRIMARY KEY,           -- ascending in time
	time            INTEGER NOT NULL,              -- start, seconds since 1970, UTC
	commit_id       TEXT,                          -- of git; NULL: the project is not in git
	branch          TEXT,                          -- of git; NULL: none checked out
	dirty           INTEGER NOT NULL,              -- 1: the tree had changes that are not committed
	tool            TEXT NOT NULL,                 -- version of stackcheck
	llvm            TEXT NOT NULL,                 -- version of LLVM
	target          TEXT NOT NULL,                 -- target triples of the units, joined by ','
	platform        TEXT NOT NULL,                 -- name of the platform, such as linux-x86_64
	build           TEXT,                          -- name given by --build; NULL: none
	flags_digest    TEXT NOT NULL,                 -- digest of what makes runs comparable: options and selection
	units_total     INTEGER NOT NULL,              -- units asked for
	units_measured  INTEGER NOT NULL,              -- of these: compiled and measured
	units_estimated INTEGER NOT NULL,              -- did not compile: estimated from the source
	units_failed    INTEGER NOT NULL,              -- gave nothing
	wall_ms         INTEGER NOT NULL,              -- duration
	cpu_ms          INTEGER NOT NULL,              -- processor time of the run and its workers
	cache_hits      INTEGER NOT NULL,              -- units that were not analysed again
	complete        INTEGER NOT NULL DEFAULT 0     -- 1 once everything of the run is in; set last
) STRICT;

-- One function of one run.
CREATE TABLE function (
	run         INTEGER NOT NULL REFERENCES run,
	number      INTEGER NOT NULL,                  -- from 0, in the order of the run
	label       INTEGER NOT NULL REFERENCES name,  -- unambiguous name in the run
	unit        INTEGER NOT NULL REFERENCES name,  -- source of its translation unit
	symbol      INTEGER NOT NULL REFERENCES name,  -- the linker's name
	module      INTEGER REFERENCES name,           -- link image; NULL: not known
	file        INTEGER REFERENCES name,           -- where it is defined; NULL: not known
	line        INTEGER NOT NULL,                  -- from 1; 0: not known
	frame_bytes INTEGER,                           -- own frame with its return address
	frame_kind  INTEGER NOT NULL REFERENCES name,  -- fixed, bounded, dynamic, estimated, unmeasured
	depth_bytes INTEGER,                           -- worst depth over believed calls
	bound       INTEGER NOT NULL REFERENCES name,  -- of the depth: exact, at-least, unbounded
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- One finding of one run.
CREATE TABLE finding (
	run         INTEGER NOT NULL REFERENCES run,
	number      INTEGER NOT NULL,                  -- from 0, worst first
	fingerprint TEXT NOT NULL,                     -- identity across runs, 32 hex digits
	rule        INTEGER NOT NULL REFERENCES name,  -- id of the rule
	severity    INTEGER NOT NULL REFERENCES name,  -- error, warning, note
	function    INTEGER NOT NULL,                  -- function.number in the same run
	file        INTEGER REFERENCES name,           -- NULL: not known
	line        INTEGER NOT NULL,                  -- from 1; 0: not known
	subject     INTEGER NOT NULL REFERENCES name,  -- what it is about within the function; ""
	message     INTEGER NOT NULL REFERENCES name,  -- the sentence
	bytes       INTEGER,                           -- the number it is about
	limit_bytes INTEGER,                           -- what it was held against
	suppressed  INTEGER NOT NULL,                  -- 1: accepted by the user
	PRIMARY KEY (run, number),
	FOREIGN KEY (run, function) REFERENCES function (run, number)
) STRICT, WITHOUT ROWID;

-- For other programs: complete runs.
CREATE VIEW runs AS
	SELECT id, time, commit_id, branch, dirty, tool, llvm, target, platform, build, flags_digest, units_total,
	       units_measured, units_estimated, units_failed, wall_ms, cpu_ms, cache_hits
	FROM run WHERE complete = 1;

-- For other programs: functions of complete runs, with words for numbers.
CREATE VIEW functions AS
	SELECT f.run, f.number, l.text AS label, u.text AS unit, s.text AS symbol, m.text AS module, p.text AS file, f.line,
	       f.frame_bytes, k.text AS frame_kind, f.depth_bytes, b.text AS bound
	FROM function AS f
	JOIN run ON run.id = f.run AND run.complete = 1
	JOIN name AS l ON l.id = f.label
	JOIN name AS u ON u.id = f.unit
	JOIN name AS s ON s.id = f.symbol
	JOIN name AS k ON k.id = f.frame_kind
	JOIN name AS b ON b.id = f.bound
	LEFT JOIN name AS m ON m.id = f.module
	LEFT JOIN name AS p ON p.id = f.file;

-- For other programs: findings of complete runs, with words for numbers.
CREATE VIEW findings AS
	SELECT f.run, f.number, f.fingerprint, r.text AS rule, v.text AS severity, f.function, p.text AS file, f.line,
	       s.text AS subject, t.text AS message, f.bytes, f.limit_bytes, f.suppressed
	FROM finding AS f
	JOIN run ON run.id = f.run AND run.complete = 1
	JOIN name AS r ON r.id = f.rule
	JOIN name AS v ON v.id = f.severity
	JOIN name AS s ON s.id = f.subject
	JOIN name AS t ON t.id = f.message
	LEFT JOIN name AS p ON p.id = f.file;
