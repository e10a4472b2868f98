package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.flag;
import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.report.ReportFiles;
import dev.graft.cli.text.Table;
import dev.graft.cli.verify.Verification;
import dev.graft.cli.verify.Verifier;
import dev.graft.cli.verify.VerifyRequest;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.ErrorCode;
import java.util.Locale;
import java.util.Optional;

/** {@code graft verify}: whether an artifact does what base and adapters say. */
final class VerifyCommand implements Command {
    private static final int DEFAULT_SAMPLES = 4;
    private static final int MOST_CAUSES = 10;
    private static final int MOST_SAMPLES = 10_000;

    @Override
    public CommandDescription description() {
        return CommandDescription.command("verify", "prove that an artifact does what base and adapter say")
                .details(
                        "Structure: every byte outside the targets is the base's; an attached model is the base and these"
                                + " adapters' branches, byte for byte. Weights: every target is base plus adapter, rounded once."
                                + " Outputs: as close to a float64 reference as base and adapter side by side are."
                                + " Exits with 1 and names the causes if one of them fails. Without --merged and --attached both are"
                                + " made in a temporary folder and checked.")
                .arguments(Argument.required("BASE.onnx", "the model as exported"), AdapterWords.oneOrMore())
                .options(
                        valued("merged", "M.onnx", "the merged model to check"),
                        valued("attached", "A.onnx", "the attached model to check"),
                        valued("inputs", "FILE", "run these inputs: .safetensors, or .jsonl with one sample a line"),
                        valued("samples", "N", "how many samples to make up (default: " + DEFAULT_SAMPLES + ")"),
                        flag("no-outputs", "compare files only, run nothing"),
                        valued("report", "R.html", "write a page, and R.json, with all findings and the latency"))
                .options(ResolveWords.OPTIONS)
                .options(AdapterWords.OPTIONS)
                .example("a merged model", "graft verify model.onnx my-lora/ --merged merged.onnx --report report.html")
                .example("would it work at all", "graft verify model.onnx my-lora/")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        Optional<ReportFiles> report = invocation.pathOption("report").map(ReportFiles::at);
        Verification found =
                Verifier.verify(request(invocation), invocation.console().progress());
        report.ifPresent(files -> files.write(found));
        print(found, report, invocation.console());
        return found.passed() ? 0 : ErrorCode.VERIFICATION_FAILED.category().exitCode();
    }

    private static VerifyRequest request(Invocation invocation) {
        boolean runs = !invocation.has("no-outputs");
        int samples = invocation.intOption("samples", DEFAULT_SAMPLES, 1, MOST_SAMPLES);
        Resolution resolution = Resolver.resolve(
                ModelScanner.scan(invocation.path("BASE.onnx")),
                AdapterWords.read(invocation),
                ResolveWords.read(invocation));
        return new VerifyRequest(
                resolution,
                invocation.pathOption("merged"),
                invocation.pathOption("attached"),
                invocation.existingPathOption("inputs"),
                samples,
                runs,
                invocation.has("report"));
    }

    private static void print(Verification found, Optional<ReportFiles> report, Console console) {
        if (console.json()) {
            console.resultAsJson(found);
            return;
        }
        found.notes().forEach(console::note);
        Table table = Table.withoutHeader(3);
        found.checks()
                .forEach(check ->
                        table.row(check.outcome().name().toLowerCase(Locale.ROOT), check.name(), check.finding()));
        console.result(table.toText(console.tableWidth()));
        if (found.passed()) {
            console.result("verified: it does what base and adapter say");
        } else {
            console.result("NOT verified:");
            found.causes().stream().limit(MOST_CAUSES).forEach(cause -> console.result("  - " + cause));
            if (found.causes().size() > MOST_CAUSES) {
                console.result(
                        "  and " + (found.causes().size() - MOST_CAUSES) + " more: --report and --json list all");
            }
        }
        report.ifPresent(files -> console.result("report: " + files.page() + " (and " + files.json() + ")"));
    }
}
