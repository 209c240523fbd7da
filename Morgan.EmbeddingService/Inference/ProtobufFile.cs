using System.Text;

namespace Morgan.EmbeddingService.Inference;

/// <summary>Walks over the fields of a protobuf message in a file, and skips what nobody asks for.</summary>
/// <param name="file">The file, open for reading.</param>
internal sealed class ProtobufFile(FileStream file)
{
    private const int LengthDelimited = 2;
    private const int LongestText = 4096;

    /// <summary>Whether content of the field that is being read is left before <paramref name="end"/>.</summary>
    public bool IsBefore(long end) => file.Position < end;

    /// <summary>
    /// Calls back for each field up to an end: for one with a length, before its content, which is then skipped.
    /// </summary>
    /// <exception cref="EndOfStreamException">It is no such message.</exception>
    public void Fields(long end, Action<int, long> onContent, Action<int, ulong>? onNumber = null)
    {
        while (file.Position < end)
        {
            var tag = Varint();
            var (field, type) = ((int)(tag >> 3), (int)(tag & 7));
            if (type == LengthDelimited)
            {
                var to = (long)Varint() + file.Position;
                if (to < file.Position || to > end)
                {
                    throw new EndOfStreamException();
                }

                onContent(field, to);
                file.Position = to;
            }
            else if (type == 0)
            {
                var value = Varint();
                onNumber?.Invoke(field, value);
            }
            else
            {
                file.Position += type == 1 ? sizeof(ulong) : sizeof(uint);
            }
        }
    }

    /// <summary>The text up to an end, at most 4 KiB of it.</summary>
    public string Text(long end)
    {
        var bytes = new byte[Math.Clamp(end - file.Position, 0, LongestText)];
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A number.</summary>
    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = file.ReadByte();
            if (next < 0)
            {
                throw new EndOfStreamException();
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }
}
