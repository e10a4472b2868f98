package dev.graft.training.data;

/**
 * The rows of a data set and what was found in its files.
 *
 * @param store the rows
 * @param report what was found
 */
record LoadedRows(RowStore store, DataReport report) {}
