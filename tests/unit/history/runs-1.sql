-- A history as stackcheck 0.1.0 left it: two complete runs of three functions, and what a killed run could never leave.
INSERT INTO name (id, text) VALUES
	(1, 'top'), (2, 'drivers/a.c'), (3, 'a'), (4, 'fixed'), (5, 'at-least'), (6, 'leaf'), (7, 'unmeasured'), (8, 'exact'),
	(9, 'other'), (10, 'drivers/b.c'), (11, 'large-local'), (12, 'warning'), (13, 'buf'),
	(14, 'variable buf takes 40 bytes'), (15, ''), (16, 'recursion'), (17, 'error'), (18, 'other calls itself');
INSERT INTO run VALUES
	(3, 1700000000, '0123456789abcdef0123456789abcdef01234567', 'main', 0, '0.1.0', '19.1.7', 'x86_64-linux-gnu',
	 'linux-x86_64', NULL, 'd1', 4, 2, 1, 1, 1500, 2900, 1, 1),
	(4, 1700000100, '0123456789abcdef0123456789abcdef01234567', 'main', 1, '0.1.0', '19.1.7', 'x86_64-linux-gnu',
	 'linux-x86_64', 'debug', 'd1', 4, 2, 1, 1, 1500, 2900, 1, 0),
	(7, 1700000200, NULL, NULL, 0, '0.1.0', '19.1.7', 'x86_64-linux-gnu', 'linux-x86_64', NULL, 'd2', 2, 2, 0, 0, 10, 20, 2,
	 1);
INSERT INTO function VALUES
	(3, 0, 1, 2, 1, 3, 2, 3, 40, 4, 200, 5),
	(3, 1, 6, 2, 6, 3, 2, 9, NULL, 7, NULL, 8),
	(3, 2, 9, 10, 9, NULL, NULL, 0, 72, 4, 72, 8),
	(4, 0, 1, 2, 1, 3, 2, 3, 40, 4, 200, 5),
	(7, 0, 1, 2, 1, 3, 2, 3, 48, 4, 208, 5),
	(7, 1, 6, 2, 6, 3, 2, 9, NULL, 7, NULL, 8),
	(7, 2, 9, 10, 9, NULL, NULL, 0, 72, 4, 72, 8);
INSERT INTO finding VALUES
	(3, 0, '0123456789abcdef0123456789abcdef', 11, 12, 0, 2, 3, 13, 14, 40, 32, 0),
	(3, 1, 'fedcba9876543210fedcba9876543210', 16, 17, 2, NULL, 0, 15, 18, NULL, NULL, 1),
	(7, 0, '0123456789abcdef0123456789abcdef', 11, 12, 0, 2, 3, 13, 14, 40, 32, 0);
