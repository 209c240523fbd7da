using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Morgan.EmbeddingService.Inference;

/// <summary>The memory of one caller's runs: pinned once, used by run after run, grown to the largest shape that is common.</summary>
internal sealed class RunBuffers
{
    /// <summary>Buffers past this many bytes in all are not kept after the run: one odd text must not hold them for ever.</summary>
    private const long MaxKeptBytes = 8 * 1024 * 1024;

    private readonly byte[][] _inputs = [[], [], [], []];
    private float[] _output = [];
    private float[] _pooled = [];
    private float[] _dense = [];

    /// <summary>The shape of the inputs: texts, tokens.</summary>
    public long[] Shape { get; } = new long[2];

    /// <summary>Whether the buffers are small enough to be kept.</summary>
    public bool IsWorthKeeping
    {
        get
        {
            var bytes = _output.Length * (long)sizeof(float);
            foreach (var input in _inputs)
            {
                bytes += input.Length;
            }

            return bytes <= MaxKeptBytes;
        }
    }

    /// <summary>Room for an input of the current shape.</summary>
    public Span<T> Input<T>(GraphInput input)
        where T : unmanaged
    {
        var bytes = checked((int)(Shape[0] * Shape[1]) * Marshal.SizeOf<T>());
        ref var buffer = ref _inputs[(int)input];
        Grow(ref buffer, bytes);
        return MemoryMarshal.Cast<byte, T>(buffer.AsSpan(0, bytes));
    }

    /// <summary>The tensor over what <see cref="Input"/> gave.</summary>
    public OrtValue InputTensor(GraphInput input, TensorElementType type) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        type,
        Shape,
        Marshal.UnsafeAddrOfPinnedArrayElement(_inputs[(int)input], 0),
        Shape[0] * Shape[1] * (type == TensorElementType.Int64 ? sizeof(long) : sizeof(int)));

    /// <summary>A tensor of floats for the output.</summary>
    public OrtValue OutputTensor(long[] shape, int count)
    {
        Grow(ref _output, count);
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            TensorElementType.Float,
            shape,
            Marshal.UnsafeAddrOfPinnedArrayElement(_output, 0),
            count * (long)sizeof(float));
    }

    /// <summary>Room for numbers of the output that had to be converted; not the memory of <see cref="OutputTensor"/> at the same time.</summary>
    public Span<float> Output(int count)
    {
        Grow(ref _output, count);
        return _output.AsSpan(0, count);
    }

    /// <summary>Room for a pooled vector.</summary>
    public Span<float> Pooled(int count)
    {
        Grow(ref _pooled, count);
        return _pooled.AsSpan(0, count);
    }

    /// <summary>Room for the vector that a dense layer gives.</summary>
    public Span<float> Dense(int count)
    {
        Grow(ref _dense, count);
        return _dense.AsSpan(0, count);
    }

    /// <summary>Takes what the last dense layer gave as the pooled vector.</summary>
    public void SwapDense() => (_pooled, _dense) = (_dense, _pooled);

    private static void Grow<T>(ref T[] buffer, int count)
    {
        if (buffer.Length < count)
        {
            var rounded = (int)Math.Min((uint)Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)count));
            buffer = GC.AllocateUninitializedArray<T>(rounded, pinned: true);
        }
    }
}
