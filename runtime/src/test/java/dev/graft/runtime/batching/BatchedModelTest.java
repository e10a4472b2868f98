package dev.graft.runtime.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchedModelTest {
    @TempDir
    Path folder;

    private BatchedModel model;

    @BeforeEach
    void open() {
        model = BatchedModel.open(TinyBatched.write(folder, 2, 4), SessionSettings.DEFAULT);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void slotsAreKnownByTheInputsAlone() {
        assertThat(model.slots()).isEqualTo(2);
        assertThat(model.maxRank()).isEqualTo(4);
        assertThat(model.inputs())
                .extracting(Object::toString)
                .containsExactly("input_ids: int64 [batch, sequence]", "attention_mask: int64 [batch, sequence]");
    }

    @Test
    void everyRowHasItsOwnAdapterAndRanksMayDiffer() throws InterruptedException {
        SlotAdapter small = model.prepare("small", TinyBatched.factors(1, 2));
        SlotAdapter large = model.prepare("large", TinyBatched.factors(4, 3));

        Map<String, HostTensor> outputs = model.run(batch(), Arrays.asList(large, null, small));

        assertThat(outputs.get("y").toDoubles(0, 4)).containsExactly(TinyBatched.expected(4, 3, 1, 2));
        assertThat(outputs.get("y").toDoubles(4, 4)).containsExactly(TinyBatched.expected(0, 0, 3, 4));
        assertThat(outputs.get("y").toDoubles(8, 4)).containsExactly(TinyBatched.expected(1, 2, 5, 6));
    }

    @Test
    void aSlotThatWasFilledByALargerRankHoldsNothingOfItAnyMore() throws InterruptedException {
        List<@Nullable SlotAdapter> rows = new ArrayList<>();
        for (int number = 1; number <= 6; number++) {
            int rank = number % 2 == 1 ? 4 : 1;
            rows.clear();
            rows.addAll(Collections.nCopies(3, model.prepare("a" + number, TinyBatched.factors(rank, number))));

            Map<String, HostTensor> outputs = model.run(batch(), rows);

            assertThat(outputs.get("y").toDoubles(0, 4)).containsExactly(TinyBatched.expected(rank, number, 1, 2));
        }
        assertThat(model.occupied()).containsOnly(Map.entry(1, "a5"), Map.entry(2, "a6"));
    }

    @Test
    void moreAdaptersThanSlotsAreRefused() {
        List<@Nullable SlotAdapter> rows = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            rows.add(model.prepare("a" + number, TinyBatched.factors(1, number)));
        }

        assertError(() -> model.run(batch(), rows), ErrorCode.SLOTS_EXHAUSTED)
                .hasMessage("3 adapters are to be used in one batch, the model has 2 slots");
    }

    @Test
    void aRowMoreThanAdaptersIsRefusedInsteadOfBroadcast() {
        SlotAdapter adapter = model.prepare("a", TinyBatched.factors(1, 1));

        assertError(() -> model.run(batch(), List.of(adapter)), ErrorCode.INPUTS_INVALID)
                .hasMessage("adapters are given for 1 rows, the input 'input_ids' has 3");
    }

    @Test
    void anAdapterOfAnotherModelIsRefused() {
        try (BatchedModel other = BatchedModel.open(TinyBatched.write(folder, 3, 4), SessionSettings.DEFAULT)) {
            SlotAdapter foreign = other.prepare("foreign", TinyBatched.factors(1, 1));

            assertThatThrownBy(() -> model.run(batch(), Collections.nCopies(3, foreign)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("foreign was prepared for another model");
        }
    }

    @Test
    void anAdapterThatDoesNotFitIsRefusedAsAWhole() {
        Tensor a = TinyBatched.factors(2, 1).get(0);
        Tensor b = TinyBatched.factors(2, 1).get(1);

        assertRefused(ErrorCode.SLOT_RANK_EXCEEDED, TinyBatched.factors(5, 1))
                .hasMessage("the adapter has rank 5, the model's slots take at most rank 4");
        assertRefused(ErrorCode.TARGET_NOT_FOUND, List.of(a, b.withName("q.lora_Bee.weight")))
                .hasMessage("the adapter holds a tensor that the model has no slots for");
        assertRefused(ErrorCode.TARGET_SHAPE_MISMATCH, List.of(a.withShape(Shape.of(4, 1)), b))
                .hasMessage("expected numbers of shape [2, rank], got float32 [4, 1]");
        assertRefused(ErrorCode.TARGET_SHAPE_MISMATCH, List.of(a, b.withShape(Shape.of(4, 1))))
                .hasMessage("expected numbers of shape [rank, 2], got float32 [4, 1]");
        assertRefused(ErrorCode.ADAPTER_TENSORS_INVALID, List.of(a))
                .hasMessage("the adapter holds this factor without its other half");
        assertRefused(
                        ErrorCode.ADAPTER_TENSORS_INVALID,
                        List.of(a, TinyBatched.factors(3, 1).get(1)))
                .hasMessage("its other half 'q.lora_B.weight' is [3, 2]: their ranks differ");
        assertRefused(ErrorCode.ADAPTER_TENSORS_INVALID, List.of(a, b, a.withName("base.q.lora_A.weight")))
                .hasMessage("two tensors are for the input 'q.lora_A.weight'");
        Tensor infinite = Tensor.ofDoubles(TinyBatched.A, DType.FLOAT64, Shape.of(2, 2), 1, 1e300, 1, 1);
        assertRefused(ErrorCode.ADAPTER_TENSORS_INVALID, List.of(infinite, b))
                .hasMessage("it has a value that is not finite in the model's float32");
        assertThat(model.occupied()).isEmpty();
    }

    @Test
    void aWrappersPrefixIsOverlookedAndNumbersAreConverted() throws InterruptedException {
        List<Tensor> factors = TinyBatched.factors(2, 3).stream()
                .map(factor -> factor.withName("base." + factor.name()).inFormat(DType.FLOAT16))
                .toList();

        SlotAdapter adapter = model.prepare("half", factors);

        assertThat(adapter.rank()).isEqualTo(2);
        assertThat(adapter.bytes()).isEqualTo(2 * 4 * 4);
        assertThat(model.run(batch(), Collections.nCopies(3, adapter)).get("y").toDoubles(0, 4))
                .containsExactly(TinyBatched.expected(2, 3, 1, 2));
    }

    @Test
    void modelsWithoutSlotsAreRefused() {
        assertNotBatched(TinyModel.create().input("x", 1, "batch", 2).node("Relu", List.of("x"), "y"))
                .hasMessage("the model has no input 'adapter_slot' with slots for adapters beside it");
        assertNotBatched(slotted("batch", 3, 2, 4).input("k.lora_A.weight", 1, 3, 2, 4))
                .hasMessage("the input 'k.lora_B.weight' is missing beside it");
        assertNotBatched(slotted("batch", 3, 2, 4)
                        .input("k.lora_A.weight", 1, 5, 2, 4)
                        .input("k.lora_B.weight", 1, 5, 4, 2))
                .hasMessage("expected 2 slots of rank 4, as 'q.lora_A.weight' has, got 4 of rank 4");
        assertNotBatched(slotted("batch", 3, "in", 4))
                .hasMessageStartingWith("expected numbers of a fixed shape [slots + 1, rows, columns] below 2 GiB, got "
                        + "q.lora_A.weight: float32 [3, in, 4]");
        assertNotBatched(slotted("batch", 1 << 20, 1 << 10, 4)).hasMessageContaining("below 2 GiB");
        assertNotBatched(slotted(4, 3, 2, 4))
                .hasMessage("the model takes batches of 4 only, so rows cannot be collected");
    }

    private TinyModel slotted(Object batch, Object slots, Object in, Object rank) {
        return TinyModel.create()
                .input("x", 1, batch, 1, 2)
                .input("adapter_slot", 7, batch)
                .input(TinyBatched.A, 1, slots, in, rank)
                .input(TinyBatched.B, 1, slots, rank, 2)
                .node("Relu", List.of("x"), "y");
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertNotBatched(TinyModel tiny) {
        Path file = tiny.output("y", 1, "n").write(folder.resolve("other.onnx"));
        return assertError(() -> BatchedModel.open(file, SessionSettings.DEFAULT), ErrorCode.MODEL_NOT_BATCHED);
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(ErrorCode code, List<Tensor> factors) {
        return assertError(() -> model.prepare("a", factors), code);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertError(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(code));
    }

    private static Map<String, HostTensor> batch() {
        Shape shape = Shape.of(3, 2);
        return Map.of(
                "input_ids",
                HostTensor.ofLongs(shape, 1, 2, 3, 4, 5, 6),
                "attention_mask",
                HostTensor.ofLongs(shape, 1, 1, 1, 1, 1, 1));
    }
}
