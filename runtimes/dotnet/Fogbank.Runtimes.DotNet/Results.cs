using System.Reflection;

namespace Fogbank.Runtimes.DotNet;

/// <summary>What a handler's return type says about its result.</summary>
internal static class Results
{
    /// <summary>The type of the result (<c>void</c> for none), and how it is taken from a task that has ended.</summary>
    public static (Type Type, Func<Task, object?> Take) Of(Type returned)
    {
        if (returned.IsGenericType && returned.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>)))
        {
            var type = returned.GetGenericArguments()[0];
            var result = typeof(Task<>).MakeGenericType(type).GetProperty(nameof(Task<>.Result), BindingFlags.Public | BindingFlags.Instance)!;
            return (type, result.GetValue);
        }

        return returned == typeof(Task) || returned == typeof(ValueTask) || returned == typeof(void)
            ? (typeof(void), static _ => null)
            : (returned, static _ => null);
    }

    /// <summary>The task of a <c>ValueTask</c>, null for a plain value.</summary>
    public static Task? AsTask(object? value) => value switch
    {
        ValueTask plain => plain.AsTask(),
        { } other when other.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>)
            => (Task)type.GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(other, null)!,
        _ => null,
    };
}
