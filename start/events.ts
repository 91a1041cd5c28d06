/** Who listens to what, one line each. */
export {}
