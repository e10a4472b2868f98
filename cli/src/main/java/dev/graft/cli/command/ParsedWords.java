package dev.graft.cli.command;

import java.util.List;
import java.util.Map;

/**
 * The words of a command, checked.
 *
 * @param arguments values by the argument's name, empty where it was left out
 * @param options values by the option's long name, empty for a switch; only options that were given
 */
record ParsedWords(Map<String, List<String>> arguments, Map<String, List<String>> options) {}
