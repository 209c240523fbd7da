using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Morgan.EmbeddingService.Tokenizers.Patterns;

/// <summary>
/// Rewrites a pattern of Oniguruma's (Ruby's) syntax, which tokenizer.json files are written for, for .NET. What could
/// mean something else there is refused.
/// </summary>
internal sealed class PatternTranslator
{
    /// <summary>Stands for the symbols that Oniguruma counts as word characters though their category does not say so.</summary>
    public const char WordSymbol = '\uE000';

    private const string WordClasses = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\uE000";

    private static readonly HashSet<string> Categories = new(StringComparer.Ordinal)
    {
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
        "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cn",
    };

    private readonly string _pattern;
    private readonly StringBuilder _output = new();
    private readonly Stack<int> _groups = new();
    private readonly List<(char First, char Last)> _literals = [];
    private int _at;
    private int _atom;

    private PatternTranslator(string pattern)
    {
        _pattern = pattern;
    }

    /// <summary>Rewrites a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="literals">The characters that it names one by one or as ranges.</param>
    /// <exception cref="NotSupportedException">It uses something that is not supported; the message says what.</exception>
    public static string Translate(string pattern, out IReadOnlyList<(char First, char Last)> literals)
    {
        var translator = new PatternTranslator(pattern);
        translator.Run();
        literals = translator._literals;
        return translator._output.ToString();
    }

    private void Run()
    {
        while (_at < _pattern.Length)
        {
            var c = _pattern[_at];
            switch (c)
            {
                case '\\':
                    StartAtom();
                    _output.Append(Escape(insideClass: false));
                    break;
                case '[':
                    StartAtom();
                    CharacterClass();
                    break;
                case '(':
                    OpenGroup();
                    break;
                case ')':
                    _atom = _groups.Count > 0 ? _groups.Pop() : throw Unsupported(")");
                    _output.Append(c);
                    _at++;
                    break;
                case '*' or '+' or '?' or '{':
                    Quantifier();
                    break;
                case '|' or '^' or '$' or '.':
                    StartAtom();
                    _output.Append(c);
                    _at++;
                    break;
                default:
                    StartAtom();
                    Literal(c);
                    _output.Append(Regex.Escape(c.ToString()));
                    _at++;
                    break;
            }
        }
    }

    private void StartAtom() => _atom = _output.Length;

    private void OpenGroup()
    {
        foreach (var opening in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "("])
        {
            if (string.CompareOrdinal(_pattern, _at, opening, 0, opening.Length) != 0)
            {
                continue;
            }

            if (opening == "(" && _at + 1 < _pattern.Length && _pattern[_at + 1] is '?' or '*')
            {
                throw Unsupported(_pattern[_at..Math.Min(_pattern.Length, _at + 3)]);
            }

            _groups.Push(_output.Length);
            _output.Append(opening);
            _at += opening.Length;
            return;
        }
    }

    /// <summary>Example: <c>a?+</c>, which never gives back what it took, is <c>(?>a?)</c> in .NET.</summary>
    private void Quantifier()
    {
        var counted = _pattern[_at] == '{';
        var end = counted ? _pattern.IndexOf('}', _at) : _at;
        if (end < 0 || (counted && !Regex.IsMatch(_pattern[(_at + 1)..end], "^[0-9]{1,4}(,[0-9]{0,4})?$")))
        {
            throw Unsupported("{");
        }

        _output.Append(_pattern, _at, end + 1 - _at);
        _at = end + 1;
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            _output.Append('?');
            _at++;
        }
        else if (_at < _pattern.Length && _pattern[_at] == '+' && !counted)
        {
            _output.Insert(_atom, "(?>").Append(')');
            _at++;
        }
    }

    private void CharacterClass()
    {
        _output.Append('[');
        _at++;
        if (_at < _pattern.Length && _pattern[_at] == '^')
        {
            _output.Append('^');
            _at++;
        }

        var previous = '\0';
        var first = true;
        for (; _at < _pattern.Length && (first || _pattern[_at] != ']'); first = false)
        {
            if (_pattern[_at] == '[' || string.CompareOrdinal(_pattern, _at, "&&", 0, 2) == 0)
            {
                throw Unsupported($"{_pattern[_at]} in a character class");
            }

            previous = ClassItem(previous);
        }

        if (_at == _pattern.Length)
        {
            throw Unsupported("[ without ]");
        }

        _output.Append(']');
        _at++;
    }

    private char ClassItem(char previous)
    {
        if (_pattern[_at] == '-' && previous != '\0' && _at + 1 < _pattern.Length && _pattern[_at + 1] != ']')
        {
            _at++;
            var last = ClassCharacter(out var text);
            if (last == '\0')
            {
                throw Unsupported("a range that ends in a class");
            }

            _output.Append('-').Append(text);
            _literals.Add((previous, last));
            return '\0';
        }

        var single = ClassCharacter(out var written);
        _output.Append(written);
        return single;
    }

    /// <summary>One member of a class; '\0' for a member that is a class itself.</summary>
    private char ClassCharacter(out string written)
    {
        if (_pattern[_at] == '\\')
        {
            var from = _literals.Count;
            written = Escape(insideClass: true);
            return _literals.Count > from ? _literals[^1].First : '\0';
        }

        var c = _pattern[_at++];
        Literal(c);
        written = c is ']' or '[' or '^' or '-' or '\\' ? $"\\{c}" : c.ToString();
        return c;
    }

    private string Escape(bool insideClass)
    {
        var c = _at + 1 < _pattern.Length ? _pattern[_at + 1] : throw Unsupported("\\");
        _at += 2;
        switch (c)
        {
            case 's' or 'S' or 'd' or 'D':
                return $"\\{c}";
            case 'w':
                return insideClass ? WordClasses : $"[{WordClasses}]";
            case 'W' when !insideClass:
                return $"[^{WordClasses}]";
            case 'p' or 'P':
                var close = _pattern.IndexOf('}', _at);
                var name = close > _at + 1 && _pattern[_at] == '{' ? _pattern[(_at + 1)..close] : "";
                _at = Categories.Contains(name) ? close + 1 : throw Unsupported($"\\{c}{{{name}}}");
                return $"\\{c}{{{name}}}";
            case 'r' or 'n' or 't' or 'f' or 'v':
                Literal(c switch { 'r' => '\r', 'n' => '\n', 't' => '\t', 'f' => '\f', _ => '\v' });
                return $"\\{c}";
            case 'u' or 'x':
                return Hexadecimal(c);
            case var _ when !char.IsAsciiLetterOrDigit(c):
                Literal(c);
                return c is '\\' or ']' or '[' or '-' or '^' || !insideClass ? $"\\{c}" : c.ToString();
            default:
                throw Unsupported($"\\{c}");
        }
    }

    /// <summary>Examples: <c>\u4E00</c>, <c>\x{4E00}</c>, <c>\x41</c>.</summary>
    private string Hexadecimal(char kind)
    {
        var braces = kind == 'x' && _at < _pattern.Length && _pattern[_at] == '{';
        var from = braces ? _at + 1 : _at;
        var end = braces ? _pattern.IndexOf('}', _at) : Math.Min(_pattern.Length, _at + (kind == 'u' ? 4 : 2));
        if (end < from || !ushort.TryParse(_pattern.AsSpan(from, end - from), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw Unsupported($"\\{kind}");
        }

        _at = braces ? end + 1 : end;
        Literal((char)value);
        return string.Create(CultureInfo.InvariantCulture, $"\\u{value:X4}");
    }

    private void Literal(char c) =>
        _literals.Add(char.IsSurrogate(c) ? throw Unsupported("a character past U+FFFF") : (c, c));

    private NotSupportedException Unsupported(string construct) => new($"the pattern {_pattern} uses {construct}, which is not supported");
}
