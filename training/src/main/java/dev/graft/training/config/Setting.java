package dev.graft.training.config;

/**
 * One key and its value.
 *
 * @param value the value
 * @param line the line of the file it stands in, from 1 on; -1 for one of {@code --set}
 */
record Setting(YamlValue value, long line) {}
