package dev.graft.cli.report;

import dev.graft.cli.text.Printable;
import java.util.List;

/** Makes HTML from text that nobody has checked. */
public final class Html {
    private Html() {}

    /** Text for an element or a quoted attribute. */
    public static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        Printable.of(text).codePoints().forEach(point -> {
            switch (point) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(point);
            }
        });
        return safe.toString();
    }

    /** A name, path or value as it stands in a file. */
    public static String code(String text) {
        return "<code>" + escape(text) + "</code>";
    }

    /** JSON for a script element: nothing in it can end the element. */
    public static String escapeJson(String json) {
        return json.replace("&", "\\u0026")
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** A table; a header that starts with {@code #} is a column of numbers; the cells are HTML already. */
    public static String table(List<String> header, List<List<String>> rows) {
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        for (String title : header) {
            boolean number = title.startsWith("#");
            html.append(number ? "<th class=\"number\">" : "<th>")
                    .append(escape(number ? title.substring(1) : title))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>\n");
        rows.forEach(row -> appendRow(html, header, row));
        return html.append("</tbody></table></div>").toString();
    }

    /** A long list that opens on a click; a short one that is open. */
    public static String folded(String title, int rows, String content) {
        int open = 40;
        return "<details" + (rows <= open ? " open" : "") + "><summary>" + escape(title) + "</summary>" + content
                + "</details>";
    }

    private static void appendRow(StringBuilder html, List<String> header, List<String> row) {
        html.append("<tr>");
        for (int column = 0; column < row.size(); column++) {
            boolean number = header.get(column).startsWith("#");
            html.append(number ? "<td class=\"number\">" : "<td>")
                    .append(row.get(column))
                    .append("</td>");
        }
        html.append("</tr>\n");
    }
}
