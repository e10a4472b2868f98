package dev.graft.cli.command;

/**
 * What is known of the terminal behind stderr.
 *
 * @param interactive whether a progress bar can be drawn
 * @param columns its width, or 0 where there is none or it is not known
 */
public record Terminal(boolean interactive, int columns) {
    /** No terminal: a file, a pipe, a test. */
    public static final Terminal NONE = new Terminal(false, 0);

    private static final int LAST_VERSION_WITH_PLAIN_CONSOLE = 21;

    /**
     * This process's terminal. The launcher says ({@code -Dgraft.terminal}, {@code -Dgraft.columns}), because Java cannot ask
     * for stderr; without it, Java's console counts, which until 21 is there only when stdin and stdout are a terminal.
     */
    @SuppressWarnings("SystemConsoleNull") // asked only where null still means none
    public static Terminal ofProcess() {
        String told = System.getProperty("graft.terminal");
        boolean console = Runtime.version().feature() <= LAST_VERSION_WITH_PLAIN_CONSOLE && System.console() != null;
        boolean interactive = told == null ? console : Boolean.parseBoolean(told);
        return new Terminal(interactive, columns(interactive));
    }

    private static int columns(boolean interactive) {
        int told = Integer.getInteger("graft.columns", 0);
        if (told > 0) {
            return told;
        }
        String environment = System.getenv("COLUMNS");
        boolean number = environment != null && environment.matches("[1-9][0-9]{0,3}");
        return number && interactive ? Integer.parseInt(environment) : 0;
    }
}
