package dev.graft.runtime.adapters;

import dev.graft.runtime.adapters.AdapterContent.Named;
import dev.graft.runtime.adapters.Ingredients.Ingredient;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Models of style input: ONNX Runtime switches adapters itself. A file that fits is mapped into memory, all else is put together there. */
final class SwitchingCarrier implements Carrier {
    private final ModelSession session;
    private final BaseCheck base;
    private final FittedTensors fitted;

    SwitchingCarrier(ModelSession session, boolean anyBase) {
        this.session = session;
        this.base = new BaseCheck(session, anyBase);
        this.fitted = new FittedTensors(session.overridableInputs());
    }

    /** An adapter that ONNX Runtime has. */
    private record Switched(LoadedAdapter adapter) implements Carried {
        @Override
        public long bytes() {
            return adapter.bytes();
        }

        @Override
        public Carried share() {
            return new Switched(adapter.share());
        }

        @Override
        public void close() {
            adapter.close();
        }
    }

    @Override
    public ModelSession session() {
        return session;
    }

    @Override
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs, @Nullable Carried adapter) {
        return session.run(inputs, switched(adapter));
    }

    @Override
    public List<LoadedAdapter> switched(@Nullable Carried adapter) {
        return adapter == null ? List.of() : List.of(((Switched) adapter).adapter());
    }

    @Override
    public void close() {
        session.close();
    }

    @Override
    public Carried load(Ingredients ingredients) {
        return new Switched(loaded(ingredients));
    }

    private LoadedAdapter loaded(Ingredients ingredients) {
        if (ingredients.isPlain()) {
            return loaded(ingredients.parts().get(0).adapter());
        }
        Map<String, AdapterContent> contents = new HashMap<>();
        for (Ingredient part : ingredients.parts()) {
            contents.put(part.adapter().name(), read(part.adapter().source()));
        }
        AdapterMix mix = ingredients.mix();
        List<Tensor> sum = mix.summed(name -> fitted.of(Objects.requireNonNull(contents.get(name))));
        return session.loadAdapter(mix.toString(), null, sum);
    }

    private LoadedAdapter loaded(Registration adapter) {
        AdapterContent content = read(adapter.source());
        if (content instanceof Named named && fitted.fitsAsItIs(named.file())) {
            return session.loadAdapter(named.file());
        }
        return session.loadAdapter(adapter.name(), adapter.source().path(), fitted.of(content));
    }

    private AdapterContent read(AdapterSource source) {
        AdapterContent content = source.read();
        base.require(content);
        return content;
    }
}
