using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Trie;

/// <summary>
/// A set of strings, each with a number, laid out as a double array over UTF-16 code units: one step reads one code and
/// one node, whatever the size of the vocabulary. Immutable. Made by <see cref="CharTrieBuilder"/>.
/// </summary>
internal sealed class CharTrie
{
    /// <summary>The node of the empty string, where every walk starts.</summary>
    public const int Root = 0;

    /// <summary>What <see cref="Step"/> gives where no key goes on.</summary>
    public const int None = -1;

    private readonly ushort[] _codes;
    private readonly Node[] _nodes;

    /// <param name="codes">The code of each of the 65,536 code units, 0 for those that stand in no key.</param>
    /// <param name="nodes">The double array.</param>
    public CharTrie(ushort[] codes, Node[] nodes)
    {
        _codes = codes;
        _nodes = nodes;
    }

    /// <summary>The node one character on, or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Step(int node, char c)
    {
        // Code 0 never leads to a child of this node, so it needs no test of its own.
        var nodes = _nodes;
        var next = nodes[node].Base + _codes[c];
        return (uint)next < (uint)nodes.Length && nodes[next].Parent == node ? next : None;
    }

    /// <summary>The number of the key that ends at a node, or -1 where none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ValueAt(int node) => _nodes[node].Value;

    /// <summary>The number of a key, or -1 for a string that is none.</summary>
    public int Find(ReadOnlySpan<char> key) => Find(Root, key);

    /// <summary>The number of the key made of what leads to a node and a string after it, or -1.</summary>
    public int Find(int node, ReadOnlySpan<char> rest)
    {
        for (var i = 0; i < rest.Length && node != None; i++)
        {
            node = Step(node, rest[i]);
        }

        return node == None ? -1 : ValueAt(node);
    }

    /// <summary>The node that a string leads to, or <see cref="None"/>.</summary>
    public int Walk(ReadOnlySpan<char> prefix)
    {
        var node = Root;
        for (var i = 0; i < prefix.Length && node != None; i++)
        {
            node = Step(node, prefix[i]);
        }

        return node;
    }

    /// <summary>The longest key that a text starts with.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">That key's length, 0 for none.</param>
    /// <returns>That key's number, or -1.</returns>
    public int LongestPrefix(ReadOnlySpan<char> text, out int length) => LongestPrefix(Root, text, out length);

    /// <summary>The longest key made of what leads to a node and a start of a text after it.</summary>
    /// <param name="node">The node, or <see cref="None"/>.</param>
    /// <param name="text">The text.</param>
    /// <param name="length">How much of the text belongs to that key, 0 for none.</param>
    /// <returns>That key's number, or -1.</returns>
    public int LongestPrefix(int node, ReadOnlySpan<char> text, out int length)
    {
        var found = -1;
        length = 0;
        for (var i = 0; i < text.Length && node != None; i++)
        {
            node = Step(node, text[i]);
            if (node != None && ValueAt(node) >= 0)
            {
                found = ValueAt(node);
                length = i + 1;
            }
        }

        return found;
    }

    /// <summary>One slot of the double array: where the children start, whose child it is, which key ends here.</summary>
    internal struct Node
    {
        public int Base;
        public int Parent;
        public int Value;
    }
}
