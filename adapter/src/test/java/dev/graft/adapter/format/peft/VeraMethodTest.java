package dev.graft.adapter.format.peft;

import static dev.graft.adapter.format.peft.PeftAssertions.assertConfigInvalid;
import static dev.graft.adapter.format.peft.PeftAssertions.assertInvalid;
import static dev.graft.adapter.format.peft.PeftAssertions.assertUnsupported;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VeraMethodTest {
    private static final String A = "base_model.vera_A";
    private static final String B = "base_model.vera_B";

    private PeftFolderBuilder adapter;

    /** What PEFT 0.21 saved for q with 3 inputs and 4 outputs, and k with 5 inputs and 2 outputs. */
    @BeforeEach
    void rankTwoOfWhichTheProjectionsAreDrawn(@TempDir Path folder) {
        adapter = PeftFolderBuilder.of("VERA", folder)
                .option("r", "2")
                .option("projection_prng_key", "7")
                .option("save_projection", "false")
                .option("d_initial", "0.1");
        adapter.values("k.vera_lambda_b", Shape.of(2), -0.540361583, -2.21023536);
        adapter.values("k.vera_lambda_d", Shape.of(2), 0.1, 0.1);
        adapter.values("q.vera_lambda_b", Shape.of(4), 1.05787003, 0.962052166, 0.393478721, 1.13220513);
        adapter.values("q.vera_lambda_d", Shape.of(2), 0.1, 0.1);
    }

    private PeftFolderBuilder withStoredProjections() {
        adapter.option("save_projection", "").tensorAs(A, 2, 5).tensorAs(B, 4, 2);
        return adapter;
    }

    @Test
    void projectionsThatAreNotInTheFileAreDrawnAsPeftDrawsThem() throws IOException {
        Adapter read = adapter.readStrictly();

        assertThat(read.method()).isEqualTo("VeRA");
        // what PEFT's get_delta_weight gives for the same file
        assertThat(DenseMerge.delta(change(read, "q").forInputs(3, 5)))
                .containsExactly(
                        new double[] {
                            0.00688739773,
                            -0.0978111848,
                            0.0506763607,
                            0.0106337704,
                            0.109687373,
                            -0.0525988452,
                            0.00257637189,
                            0.0172475725,
                            -0.00806239992,
                            0.0341059268,
                            0.0504237637,
                            -0.0174465049
                        },
                        within(1e-8));
        assertThat(DenseMerge.delta(change(read, "k").forInputs(5, 5)))
                .containsExactly(
                        new double[] {
                            -0.00351809314,
                            0.0499620959,
                            -0.0258855596,
                            -0.0200242177,
                            0.0315627679,
                            -0.0244302079,
                            -0.251997679,
                            0.120841503,
                            -0.0102511533,
                            0.077491343
                        },
                        within(1e-8));
    }

    @Test
    void drawnProjectionsAreTorchsToTheLastBit() throws IOException {
        SharedProjectionChange change = change(adapter.read(), "q");

        assertThat(change.projections().a(5).toDoubles())
                .startsWith(0.07651146f, -0.65988916f, 0.34881535f, 0.34372938f)
                .endsWith(-0.29507753f, 0.76959044f);
        assertThat(change.projections().b(5).toDoubles())
                .startsWith(1.2295592f, 0.17644474f)
                .endsWith(0.76342016f, -1.4789915f);
    }

    @Test
    void drawnProjectionsFollowTheWidestModuleOfEachBase() throws IOException {
        SharedProjectionChange change = change(adapter.read(), "q");
        double[] narrow = change.forInputs(3, 5).a().toDoubles();

        assertThat(change.forInputs(3, 9).a().toDoubles()).isNotEqualTo(narrow);
        assertThat(change.forInputs(3, 5).a().toDoubles()).isEqualTo(narrow);
    }

    @Test
    void eachModuleTakesItsCornerOfStoredProjections() throws IOException {
        Adapter read = withStoredProjections().readStrictly();
        SharedProjectionChange change = change(read, "k");

        assertThat(change.projections().mostInputs()).isEqualTo(5);
        assertThat(change.forInputs(2, 5).a().toDoubles())
                .containsExactly(floats(0.1f, 0.2f, 0.6f, 0.7f), within(1e-7));
        assertThat(change.forInputs(2, 5).b().toDoubles())
                .containsExactly(floats(-0.5403616f, 2 * -0.5403616f, 3 * -2.2102354f, 4 * -2.2102354f), within(1e-6));
    }

    @Test
    void projectionsThatAreTooLargeToBeDrawnAreRefused() throws IOException {
        adapter.option("r", "100000").without("k.vera_lambda_b").without("k.vera_lambda_d");
        adapter.tensor("q.vera_lambda_d", 100_000);
        SharedProjectionChange change = change(adapter.read(), "q");

        assertUnsupported(
                () -> change.forInputs(2000, 2000),
                "projections of rank 100000 for 2000 inputs and 4 outputs are too large to be drawn again");
        assertUnsupported(() -> change.forInputs(1, Long.MAX_VALUE), "are too large to be drawn again");
    }

    @Test
    void projectionsThatContradictTheConfigurationAreRefused() {
        withStoredProjections();
        assertInvalid(adapter.tensorAs(A, 3, 5)::read, "expected [2, in], as r says, got [3, 5]");
        assertInvalid(adapter.tensorAs(A, 2)::read, "expected a matrix, got [2]");
        assertInvalid(adapter.tensorAs(A, 2, 5).tensorAs(B, 4, 3)::read, "expected [at least 4, 2], got [4, 3]");
        assertInvalid(adapter.tensorAs(B, 3, 2)::read, "expected [at least 4, 2], got [3, 2]");
        assertInvalid(
                adapter.tensorAs(B, 4, 2).option("save_projection", "false")::read,
                "the file has projections, but save_projection is false, and PEFT would draw others");
    }

    @Test
    void missingProjectionsAreRefused() {
        assertInvalid(
                adapter.option("save_projection", "true")::read, "save_projection is set, but the file has no vera_A");
        assertInvalid(adapter.tensorAs(A, 2, 5)::read, "save_projection is set, but the file has no vera_B");
    }

    @Test
    void vectorsThatDoNotFitAreRefused() {
        assertInvalid(adapter.tensor("q.vera_lambda_d", 3)::read, "r is 2, but vera_lambda_d has 3");
        assertInvalid(adapter.tensor("q.vera_lambda_d", 2, 1)::read, "expected a vector, got [2, 1]");
        assertInvalid(
                adapter.tensor("q.vera_lambda_d", 2).tensor("q.vera_lambda_b", 0)::read, "expected a vector, got [0]");
        assertInvalid(adapter.without("q.vera_lambda_b")::read, "it has no vera_lambda_b");
        assertInvalid(adapter.tensor("q.vera_lambda_b", 4).without("k.vera_lambda_d")::read, "it has no vera_lambda_d");
    }

    @Test
    void vectorsOfWholeNumbersAreRefused() {
        Tensor numbers = Tensor.ofFloats("", Shape.of(2), 1, 2);
        adapter.tensor(new Tensor("base_model.model.q.vera_lambda_d", DType.INT32, Shape.of(2), numbers.bytes()));

        assertInvalid(adapter::read, "expected a floating-point tensor, got int32");
    }

    @Test
    void aFileWithoutVectorsIsRefused() {
        adapter.without("q.vera_lambda_b").without("q.vera_lambda_d");

        assertInvalid(
                adapter.without("k.vera_lambda_b").without("k.vera_lambda_d")::read, "the file holds no change at all");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r | '' | r is missing",
                "r | 0 | expected r to be a whole number from 1 on, got 0",
                "r | 3000000000 | expected r to be a whole number from 1 on, got 3000000000",
                "projection_prng_key | 0.5 | expected projection_prng_key to be a whole number, got 0.5",
                "projection_prng_key | \"7\" | expected projection_prng_key to be a whole number, got a string",
                "save_projection | 1 | expected save_projection to be true or false, got a number",
            })
    void optionsThatMakeNoSenseAreRefused(String option, String value, String message) {
        assertConfigInvalid(adapter.option(option, value)::read, message);
    }

    private static SharedProjectionChange change(Adapter adapter, String module) {
        return adapter.changes().stream()
                .filter(change -> change.module().equals(module))
                .map(SharedProjectionChange.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static double[] floats(float... values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
