void help(char *p);
