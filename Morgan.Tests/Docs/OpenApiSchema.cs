using System.Text.Json;

namespace Morgan.Tests.Docs;

/// <summary>The part of JSON Schema that Morgan's OpenAPI documents use.</summary>
internal static class OpenApiSchema
{
    /// <summary>What a reference such as <c>{"$ref":"#/components/schemas/Error"}</c> stands for.</summary>
    public static JsonElement Resolve(JsonElement document, JsonElement element)
    {
        while (element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!.Split('/')[1..].Aggregate(document, (at, name) => at.GetProperty(name));
        }

        return element;
    }

    /// <summary>Where a value is not as the schema says.</summary>
    public static IReadOnlyList<string> Mismatches(JsonElement document, JsonElement schema, JsonElement value, string at)
    {
        schema = Resolve(document, schema);
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            return choices.EnumerateArray().Any(choice => Mismatches(document, choice, value, at).Count == 0) ? [] : [$"{at} is none of the choices"];
        }

        var found = new List<string>();
        if (schema.TryGetProperty("type", out var type) && !IsOfType(type, value))
        {
            return [$"{at} is {value.ValueKind}, not {type}"];
        }

        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value)))
        {
            found.Add($"{at} is {value}, not one of {allowed}");
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            found.AddRange(OfObject(document, schema, value, at));
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            found.AddRange(value.EnumerateArray().SelectMany((item, i) => Mismatches(document, items, item, $"{at}[{i}]")));
        }

        return found;
    }

    private static IEnumerable<string> OfObject(JsonElement document, JsonElement schema, JsonElement value, string at)
    {
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!) : [];
        foreach (var name in required.Where(name => !value.TryGetProperty(name, out _)))
        {
            yield return $"{at}.{name} is missing";
        }

        if (!schema.TryGetProperty("properties", out var properties))
        {
            yield break;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (value.TryGetProperty(property.Name, out var inner))
            {
                foreach (var mismatch in Mismatches(document, property.Value, inner, $"{at}.{property.Name}"))
                {
                    yield return mismatch;
                }
            }
        }
    }

    private static bool IsOfType(JsonElement type, JsonElement value) =>
        type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Any(one => IsOfType(one, value))
            : type.GetString() switch
            {
                "object" => value.ValueKind == JsonValueKind.Object,
                "array" => value.ValueKind == JsonValueKind.Array,
                "string" => value.ValueKind == JsonValueKind.String,
                "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                "null" => value.ValueKind == JsonValueKind.Null,
                "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
                _ => value.ValueKind == JsonValueKind.Number,
            };
}
