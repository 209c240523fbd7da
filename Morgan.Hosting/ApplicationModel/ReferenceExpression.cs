using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values in it that are known only once the application runs.</summary>
public sealed class ReferenceExpression : IValueProvider
{


    private ReferenceExpression(IReadOnlyList<object> parts) => Parts = parts;

    /// <summary>Strings and <see cref="IValueProvider"/>s in order.</summary>
    internal IReadOnlyList<object> Parts { get; }

    /// <summary>Makes an expression from an interpolated string: <c>Create($"{endpoint}/v1")</c>.</summary>
    /// <param name="handler">The interpolated string.</param>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var part in Parts)
        {
            text.Append(part is IValueProvider provider
                ? await provider.GetValueAsync(cancellationToken)
                : (string)part);
        }

        return text.ToString();
    }

    /// <summary>Collects the parts of an interpolated string without making text of them.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        /// <summary>Starts a collection; called by the compiler.</summary>
        /// <param name="literalLength">The length of all literal parts.</param>
        /// <param name="formattedCount">The number of values.</param>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) =>
            Parts = new List<object>(1 + (2 * formattedCount) + (literalLength == 0 ? 0 : 1));

        internal List<object> Parts { get; }

        /// <summary>Adds a literal part.</summary>
        /// <param name="value">The text.</param>
        public void AppendLiteral(string value) => Parts.Add(value);

        /// <summary>Adds a text that is known already.</summary>
        /// <param name="value">The text; nothing is added for null.</param>
        public void AppendFormatted(string? value) => Parts.Add(value ?? "");

        /// <summary>Adds a value that is known only at run time.</summary>
        /// <param name="valueProvider">The value.</param>
        /// <typeparam name="T">Its type.</typeparam>
        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider => Parts.Add(valueProvider);
    }
}
