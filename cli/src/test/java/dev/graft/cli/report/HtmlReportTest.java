package dev.graft.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final Pattern ADDRESS_THAT_LOADS = Pattern.compile("(?i)(src|href)\\s*=|url\\(|@import");

    @Test
    void thePageTellsVerdictTargetsAndHashes() {
        String page = HtmlReport.of(SampleVerification.passed());

        assertThat(page)
                .contains("<h1>Verified</h1>", "model.layers.0.self_attn.q_proj", "1.00", "9f86d081884c7d65")
                .doesNotContain("{{");
    }

    @Test
    void latencyBarsCompareModelsAtTheSameLength() {
        Pattern bar = Pattern.compile("class=\"bar\" style=\"width:([^%]+)%");

        assertThat(bar.matcher(HtmlReport.of(SampleVerification.passed())).results())
                .extracting(found -> found.group(1))
                .containsExactly("86", "86", "100", "88.5", "88.5", "100");
    }

    @Test
    void aFailureNamesItsCauses() {
        assertThat(HtmlReport.of(SampleVerification.failed("q_proj")))
                .contains(
                        "<h1>Not verified</h1>", "the scaling of &#39;q_proj&#39; is 2.00 times what the adapter says");
    }

    @Test
    void namesInFilesCannotBecomeMarkupScriptsOrPlaces() {
        String hostile = "</script><script>alert(1)</script>{{title}}<img src=x onerror=alert(1)>\u2028";

        String page = HtmlReport.of(SampleVerification.failed(hostile));

        assertThat(page).doesNotContain("<script>alert", "<img", "</script><script>alert");
        assertThat(page).contains("&lt;/script&gt;&lt;script&gt;alert(1)", "{{title}}", "\\u003c/script\\u003e");
        assertThat(page.split("</script>", -1)).hasSize(4);
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        String page = HtmlReport.of(SampleVerification.passed());

        assertThat(page).contains("default-src 'none'");
        assertThat(ADDRESS_THAT_LOADS
                        .matcher(page)
                        .results()
                        .map(found -> page.substring(found.start(), Math.min(page.length(), found.start() + 60))))
                .isEmpty();
    }
}
