using System.Reflection;

namespace Morgan.Benchmarks.Reporting;

/// <summary>The versions of libraries as their packages have them.</summary>
internal static class Versions
{
    /// <summary>The version of the library that a type is from: 2.13.23, without the commit after the plus sign.</summary>
    public static string Of(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
