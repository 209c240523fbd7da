using System.Buffers.Binary;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads the fields of a protobuf message one after the other.</summary>
internal ref struct ProtobufReader
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="message">The message's bytes.</param>
    public ProtobufReader(ReadOnlySpan<byte> message)
    {
        _rest = message;
    }

    /// <summary>The number of the field that <see cref="Next"/> read.</summary>
    public int Field { get; private set; }

    /// <summary>The field's value, where it is a whole number or an enumeration.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's value, where it is bytes, text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The field's value, where it is a 32-bit floating-point number.</summary>
    public readonly float Single => BitConverter.UInt32BitsToSingle((uint)Number);

    /// <summary>Reads the next field; false at the message's end.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = ReadNumber();
        Field = (int)(tag >> 3);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = ReadNumber();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                Bytes = Take(ReadNumber());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new InvalidDataException($"has a field of the unknown wire type {tag & 7}");
        }

        return true;
    }

    private ulong ReadNumber()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("has a number that is too long");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw new InvalidDataException("ends in the middle of a field");
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
