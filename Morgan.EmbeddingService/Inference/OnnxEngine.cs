using System.Collections.Concurrent;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Morgan.EmbeddingService.Inference;

/// <summary>A model in ONNX Runtime: one session, which any number of callers run at once.</summary>
internal sealed class OnnxEngine : IEngine
{
    /// <summary>A run of more tokens than this gives the arena's memory back at its end, for the arena never shrinks by itself.</summary>
    private const int LargeRunTokens = 2048;

    private readonly InferenceSession _session;
    private readonly GraphSignature _signature;
    private readonly EngineOptions _options;
    private readonly string[] _outputNames;
    private readonly ConcurrentBag<RunBuffers> _buffers = [];
    private readonly RunOptions _run = new();
    private readonly RunOptions _largeRun = new();
    private readonly int _size;

    /// <summary>Makes an engine of a session, which it then owns. One text is run to learn what the graph does not say.</summary>
    /// <exception cref="InferenceException">The graph cannot be run.</exception>
    public OnnxEngine(InferenceSession session, GraphSignature signature, EngineOptions options)
    {
        (_session, _signature, _options) = (session, signature, options);
        _outputNames = [signature.Output];
        if (!options.UseBinding)
        {
            _largeRun.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        }

        _size = signature.Size > 0 ? signature.Size : Probe();
        Dimensions = options.Dense.Count > 0 ? options.Dense[^1].Outputs : _size;
    }

    public int Dimensions { get; }

    public void Run(ReadOnlySpan<int[]> texts, ReadOnlySpan<float[]> vectors)
    {
        if (!_buffers.TryTake(out var buffers))
        {
            buffers = new RunBuffers();
        }

        try
        {
            Run(buffers, texts, vectors);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InferenceException(e.Message, e);
        }

        if (buffers.IsWorthKeeping)
        {
            _buffers.Add(buffers);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
        _largeRun.Dispose();
    }

    private void Run(RunBuffers buffers, ReadOnlySpan<int[]> texts, ReadOnlySpan<float[]> vectors)
    {
        var length = Fill(buffers, texts);
        var inputs = Inputs(buffers);
        try
        {
            var run = texts.Length * length > LargeRunTokens ? _largeRun : _run;
            if (_signature.OutputType == TensorElementType.Float)
            {
                long[] shape = _signature.IsPooled ? [texts.Length, _size] : [texts.Length, length, _size];
                var count = checked(texts.Length * _size * (_signature.IsPooled ? 1 : length));
                using var output = buffers.OutputTensor(shape, count);
                if (_options.UseBinding)
                {
                    RunBound(run, inputs, output);
                }
                else
                {
                    _session.Run(run, _signature.InputNames, inputs, _outputNames, [output]);
                }

                Finish(buffers, buffers.Output(count), length, texts, vectors);
            }
            else
            {
                using var outputs = _session.Run(run, _signature.InputNames, inputs, _outputNames);
                var halves = MemoryMarshal.Cast<Float16, Half>(outputs[0].GetTensorDataAsSpan<Float16>());
                var floats = buffers.Output(halves.Length);
                TensorPrimitives.ConvertToSingle(halves, floats);
                Finish(buffers, floats, length, texts, vectors);
            }
        }
        finally
        {
            foreach (var input in inputs)
            {
                input.Dispose();
            }
        }
    }

    private void RunBound(RunOptions run, OrtValue[] inputs, OrtValue output)
    {
        using var binding = _session.CreateIoBinding();
        for (var i = 0; i < inputs.Length; i++)
        {
            binding.BindInput(_signature.InputNames[i], inputs[i]);
        }

        binding.BindOutput(_signature.Output, output);
        binding.SynchronizeBoundInputs();
        _session.RunWithBinding(run, binding);
        binding.SynchronizeBoundOutputs();
    }

    // Texts are padded on the right; a graph is never given an empty sequence, for an empty text is one masked place.
    private int Fill(RunBuffers buffers, ReadOnlySpan<int[]> texts)
    {
        var length = 1;
        foreach (var text in texts)
        {
            length = Math.Max(length, text.Length);
        }

        (buffers.Shape[0], buffers.Shape[1]) = (texts.Length, length);
        for (var i = 0; i < _signature.Inputs.Length; i++)
        {
            if (_signature.InputTypes[i] == TensorElementType.Int64)
            {
                Fill(_signature.Inputs[i], texts, length, buffers.Input<long>(_signature.Inputs[i]));
            }
            else
            {
                Fill(_signature.Inputs[i], texts, length, buffers.Input<int>(_signature.Inputs[i]));
            }
        }

        return length;
    }

    private void Fill<T>(GraphInput input, ReadOnlySpan<int[]> texts, int length, Span<T> places)
        where T : unmanaged, INumber<T>
    {
        places.Fill(input == GraphInput.Ids ? T.CreateTruncating(_options.PadId) : T.Zero);
        for (var row = 0; row < texts.Length; row++)
        {
            var ids = texts[row];
            var into = places.Slice(row * length, length);
            switch (input)
            {
                case GraphInput.Ids:
                    TensorPrimitives.ConvertTruncating<int, T>(ids, into);
                    break;
                case GraphInput.Mask:
                    into[..ids.Length].Fill(T.One);
                    break;
                case GraphInput.Positions:
                    for (var i = 0; i < length; i++)
                    {
                        into[i] = T.CreateTruncating(i);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private OrtValue[] Inputs(RunBuffers buffers)
    {
        var values = new OrtValue[_signature.Inputs.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = buffers.InputTensor(_signature.Inputs[i], _signature.InputTypes[i]);
        }

        return values;
    }

    private void Finish(RunBuffers buffers, ReadOnlySpan<float> output, int length, ReadOnlySpan<int[]> texts, ReadOnlySpan<float[]> vectors)
    {
        var stride = _signature.IsPooled ? _size : length * _size;
        for (var i = 0; i < texts.Length; i++)
        {
            var rows = output.Slice(i * stride, stride);
            var vector = vectors[i].AsSpan(0, Dimensions);
            var pooled = _options.Dense.Count == 0 ? vector : buffers.Pooled(_size);
            if (_signature.IsPooled)
            {
                rows.CopyTo(pooled);
            }
            else
            {
                Pooler.Pool(_options.Pooling, rows, texts[i].Length, pooled);
            }

            foreach (var dense in _options.Dense)
            {
                dense.Apply(pooled[..dense.Inputs], buffers.Dense(dense.Outputs));
                buffers.SwapDense();
                pooled = buffers.Pooled(dense.Outputs);
            }

            if (_options.Dense.Count > 0)
            {
                pooled.CopyTo(vector);
            }

            Complete(vector);
        }
    }

    private void Complete(Span<float> vector)
    {
        if (!TensorPrimitives.IsFiniteAll<float>(vector))
        {
            throw new InferenceException("the model gave numbers that are not finite");
        }

        if (_options.Normalize)
        {
            UnitLength.Apply(vector);
        }
    }

    private int Probe()
    {
        var buffers = new RunBuffers();
        Fill(buffers, [[0]]);
        var inputs = Inputs(buffers);
        try
        {
            using var outputs = _session.Run(_run, _signature.InputNames, inputs, _outputNames);
            return checked((int)outputs[0].GetTensorTypeAndShape().Shape[^1]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InferenceException(e.Message, e);
        }
        finally
        {
            foreach (var input in inputs)
            {
                input.Dispose();
            }
        }
    }
}
