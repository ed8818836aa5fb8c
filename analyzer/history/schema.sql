-- The history of a project's scans: .stackcheck/history.db, one SQLite file at the project root.
--
-- All tables are permanent: nothing in them can be made again from anything else but another scan. Everything of one scan is
-- written in one transaction, so a scan is in here whole or not at all. Readers other than stackcheck should use the views
-- at the end: their names and columns stay when the tables change. NULL in a byte count means "not known", never 0.
--
-- A commit changes few translation units, so what a scan says about one unit is kept once, under the digest of all of it, for
-- every run that says the same; the same holds for findings. A run is a list of these. What no run uses any more is removed
-- by `stackcheck prune`.
--
-- The build puts this text into the program (open.c runs it on a new file, migrate.c on an older one). To change it: raise
-- user_version here and in open.c, and write the step from the version before.

PRAGMA application_id = 1398033219; -- "STKC": says whose file this is
PRAGMA user_version = 2;            -- version of this schema; a newer one is refused

-- Strings that come back in every run (paths, symbols, words), kept once.
CREATE TABLE name (
	id   INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE                      -- valid UTF-8
) STRICT;

-- One scan.
CREATE TABLE run (
	id                INTEGER PRIMARY KEY,         -- ascending in time
	time              INTEGER NOT NULL,            -- start, seconds since 1970, UTC
	commit_id         TEXT,                        -- of git; NULL: the project is not in git
	branch            TEXT,                        -- of git; NULL: none checked out
	dirty             INTEGER NOT NULL,            -- 1: the tree had changes that are not committed
	tool              TEXT NOT NULL,               -- version of stackcheck
	llvm              TEXT NOT NULL,               -- version of LLVM
	target            TEXT NOT NULL,               -- target triples of the units, joined by ','
	compilers         TEXT,                        -- what made the measured code, joined by ", "; NULL: not known
	platform          TEXT NOT NULL,               -- name of the platform, such as linux-x86_64
	build             TEXT,                        -- name given by --build; NULL: none
	flags_digest      TEXT NOT NULL,               -- digest of what makes runs comparable: options and selection
	config_digest     TEXT,                        -- digest of the policy that held; NULL: none, or not known
	stack_bytes       INTEGER,                     -- of the platform
	budget_bytes      INTEGER,                     -- that held for worst paths
	frame_limit_bytes INTEGER,                     -- that held for single frames
	whole             INTEGER NOT NULL,            -- 1: no path narrowed the scan down
	has_details       INTEGER NOT NULL,            -- 1: parts of frames are known
	has_callees       INTEGER NOT NULL,            -- 1: functions' calls are known
	units_total       INTEGER NOT NULL,            -- units asked for
	units_measured    INTEGER NOT NULL,            -- of these: compiled and measured
	units_estimated   INTEGER NOT NULL,            -- did not compile: estimated from the source
	units_failed      INTEGER NOT NULL,            -- gave nothing; see failure
	wall_ms           INTEGER NOT NULL,            -- duration
	cpu_ms            INTEGER NOT NULL,            -- processor time of the run and its workers
	cache_hits        INTEGER NOT NULL,            -- units that were not analysed again
	base_usable       INTEGER NOT NULL,            -- 1: others may be compared with it: a commit, clean and whole
	complete          INTEGER NOT NULL DEFAULT 0   -- 1 once everything of the run is in; set last
) STRICT;

-- A unit that gave nothing in a run.
CREATE TABLE failure (
	run     INTEGER NOT NULL REFERENCES run,
	number  INTEGER NOT NULL,                      -- from 0, by unit
	unit    TEXT NOT NULL,
	verdict TEXT NOT NULL,                         -- crashed, timeout, ...
	reason  TEXT NOT NULL,                         -- a sentence
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- A translation unit with everything that some runs say about it.
CREATE TABLE unit (
	id     INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,                   -- of its name, module, functions and their parts: 16 bytes
	name   INTEGER NOT NULL REFERENCES name,       -- source of the unit
	module INTEGER REFERENCES name                 -- link image; NULL: not known
) STRICT;

-- Which units a run consists of.
CREATE TABLE run_unit (
	run      INTEGER NOT NULL REFERENCES run,
	position INTEGER NOT NULL,                     -- from 0, in the order of the run
	first    INTEGER NOT NULL,                     -- number of its first function in the run
	unit     INTEGER NOT NULL REFERENCES unit,
	PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_unit_by_unit ON run_unit (unit);

-- A function of a unit.
CREATE TABLE function (
	unit          INTEGER NOT NULL REFERENCES unit,
	number        INTEGER NOT NULL,                -- from 0, in the unit
	label         INTEGER NOT NULL REFERENCES name, -- unambiguous name in the run
	name          INTEGER NOT NULL REFERENCES name, -- in the source
	symbol        INTEGER NOT NULL REFERENCES name, -- the linker's name
	linkage       INTEGER REFERENCES name,         -- external, static, weak, inline
	file          INTEGER REFERENCES name,         -- where it is defined; NULL: not known
	line          INTEGER NOT NULL,                -- from 1; 0: not known
	frame_bytes   INTEGER,                         -- own frame with its return address
	frame_kind    INTEGER NOT NULL REFERENCES name, -- fixed, bounded, dynamic, estimated, unmeasured
	depth_bytes   INTEGER,                         -- worst depth over believed calls
	bound         INTEGER NOT NULL REFERENCES name, -- of the depth: exact, at-least, unbounded
	reasons       INTEGER REFERENCES name,         -- why it is not exact: words joined by ','; NULL: it is, or not known
	context       INTEGER REFERENCES name,         -- why it is an entry point; NULL: it is none
	budget_bytes  INTEGER,                         -- its own budget; NULL: that of the run
	to_unit       INTEGER REFERENCES name,         -- its worst path goes on in this unit's ...
	to_symbol     INTEGER REFERENCES name,         -- ... function; unit NULL: outside; both NULL: ends in its frame
	outside_bytes INTEGER,                         -- assumed cost of an outside function
	call_bytes    INTEGER,                         -- depth of that call
	call_within   INTEGER REFERENCES name,         -- inlined function that the call stands in; NULL: itself
	call_file     INTEGER REFERENCES name,
	call_line     INTEGER NOT NULL,
	evidence      INTEGER REFERENCES name,         -- of the call
	inlined       TEXT,                            -- source functions inlined into it, by name, one a line; NULL: none
	callees       TEXT,                            -- symbols that it calls, sorted, one a line; NULL: none
	PRIMARY KEY (unit, number)
) STRICT, WITHOUT ROWID;

-- A part of a function's frame; parts without a name are one for each kind.
CREATE TABLE part (
	unit        INTEGER NOT NULL,
	function    INTEGER NOT NULL,                  -- function.number in the unit
	number      INTEGER NOT NULL,                  -- from 0
	kind        INTEGER NOT NULL REFERENCES name,  -- variable, spill, saved, ...
	name        INTEGER REFERENCES name,           -- of a variable
	type        INTEGER REFERENCES name,           -- as spelled
	declared_in INTEGER REFERENCES name,           -- function that was inlined with it; NULL: the frame's own
	file        INTEGER REFERENCES name,           -- of the declaration
	line        INTEGER NOT NULL,
	bytes       INTEGER,                           -- its size
	counted     INTEGER NOT NULL,                  -- of them in the frame, and counted by no other part
	PRIMARY KEY (unit, function, number),
	FOREIGN KEY (unit, function) REFERENCES function (unit, number)
) STRICT, WITHOUT ROWID;

-- A finding as some runs have it.
CREATE TABLE finding (
	id          INTEGER PRIMARY KEY,
	digest      BLOB NOT NULL UNIQUE,              -- of all the rest: 16 bytes
	fingerprint TEXT NOT NULL,                     -- identity across runs, 32 hex digits
	rule        INTEGER NOT NULL REFERENCES name,  -- id of the rule
	severity    INTEGER NOT NULL REFERENCES name,  -- error, warning, note
	file        INTEGER REFERENCES name,           -- NULL: not known
	line        INTEGER NOT NULL,                  -- from 1; 0: not known
	col         INTEGER NOT NULL,                  -- column, from 1; 0: not known
	subject     INTEGER NOT NULL REFERENCES name,  -- what it is about within the function; ""
	message     INTEGER NOT NULL REFERENCES name,  -- the sentence
	bytes       INTEGER,                           -- the number it is about
	limit_bytes INTEGER                            -- what it was held against
) STRICT;

-- Which findings a run has.
CREATE TABLE run_finding (
	run        INTEGER NOT NULL REFERENCES run,
	number     INTEGER NOT NULL,                   -- from 0, worst first
	finding    INTEGER NOT NULL REFERENCES finding,
	function   INTEGER,                            -- number of the function in the run; NULL: not known
	suppressed INTEGER NOT NULL,                   -- 1: accepted by the user
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_finding_by_finding ON run_finding (finding);

-- For other programs: complete runs.
CREATE VIEW runs AS
	SELECT id, time, commit_id, branch, dirty, tool, llvm, target, platform, build, flags_digest, units_total,
	       units_measured, units_estimated, units_failed, wall_ms, cpu_ms, cache_hits, compilers, config_digest,
	       stack_bytes, budget_bytes, frame_limit_bytes, whole, base_usable
	FROM run WHERE complete = 1;

-- For other programs: functions of complete runs, with words for numbers.
CREATE VIEW functions AS
	SELECT r.run, r.first + f.number AS number, l.text AS label, u.text AS unit, s.text AS symbol, m.text AS module,
	       p.text AS file, f.line, f.frame_bytes, k.text AS frame_kind, f.depth_bytes, b.text AS bound,
	       n.text AS name, c.text AS context,
	       CASE WHEN f.context IS NULL THEN NULL ELSE ifnull(f.budget_bytes, run.budget_bytes) END AS budget_bytes
	FROM run_unit AS r
	JOIN run ON run.id = r.run AND run.complete = 1
	JOIN unit AS x ON x.id = r.unit
	JOIN function AS f ON f.unit = r.unit
	JOIN name AS l ON l.id = f.label
	JOIN name AS u ON u.id = x.name
	JOIN name AS s ON s.id = f.symbol
	JOIN name AS n ON n.id = f.name
	JOIN name AS k ON k.id = f.frame_kind
	JOIN name AS b ON b.id = f.bound
	LEFT JOIN name AS m ON m.id = x.module
	LEFT JOIN name AS p ON p.id = f.file
	LEFT JOIN name AS c ON c.id = f.context;

-- For other programs: what the frames of complete runs consist of.
CREATE VIEW parts AS
	SELECT r.run, r.first + p.function AS function, p.number, k.text AS kind, n.text AS name, t.text AS type,
	       d.text AS declared_in, f.text AS file, p.line, p.bytes, p.counted
	FROM run_unit AS r
	JOIN run ON run.id = r.run AND run.complete = 1
	JOIN part AS p ON p.unit = r.unit
	JOIN name AS k ON k.id = p.kind
	LEFT JOIN name AS n ON n.id = p.name
	LEFT JOIN name AS t ON t.id = p.type
	LEFT JOIN name AS d ON d.id = p.declared_in
	LEFT JOIN name AS f ON f.id = p.file;

-- For other programs: findings of complete runs, with words for numbers.
CREATE VIEW findings AS
	SELECT x.run, x.number, f.fingerprint, r.text AS rule, v.text AS severity, x.function, p.text AS file, f.line,
	       s.text AS subject, t.text AS message, f.bytes, f.limit_bytes, x.suppressed
	FROM run_finding AS x
	JOIN run ON run.id = x.run AND run.complete = 1
	JOIN finding AS f ON f.id = x.finding
	JOIN name AS r ON r.id = f.rule
	JOIN name AS v ON v.id = f.severity
	JOIN name AS s ON s.id = f.subject
	JOIN name AS t ON t.id = f.message
	LEFT JOIN name AS p ON p.id = f.file;

-- For other programs: units that gave nothing in complete runs.
CREATE VIEW failures AS
	SELECT f.run, f.number, f.unit, f.verdict, f.reason
	FROM failure AS f
	JOIN run ON run.id = f.run AND run.complete = 1;
