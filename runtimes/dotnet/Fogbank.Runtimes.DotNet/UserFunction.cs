using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using Fogbank.Lambda;

namespace Fogbank.Runtimes.DotNet;

/// <summary>A method of the user's assembly, bound to bytes in and bytes out.</summary>
internal sealed class UserFunction
{
    private const BindingFlags AnyMethod = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private readonly MethodInfo _method;
    private readonly object? _instance;
    private readonly PayloadSerializer _serializer;
    private readonly Func<Task, object?> _resultOf;
    private readonly Type _resultType;

    private UserFunction(MethodInfo method, object? instance)
    {
        _method = method;
        _instance = instance;
        _serializer = PayloadSerializer.For(method);
        (_resultType, _resultOf) = Results.Of(method.ReturnType);
    }

    /// <summary>Loads <c>Assembly::Namespace.Class::Method</c> from a folder.</summary>
    public static Func<ReadOnlyMemory<byte>, LambdaContext, Task<ReadOnlyMemory<byte>>> Load(string root, string handler)
    {
        var parts = handler.Split("::");
        if (parts.Length != 3 || parts.Any(string.IsNullOrWhiteSpace))
        {
            throw Invalid($"Invalid lambda function handler: '{handler}'. The valid format is 'ASSEMBLY::TYPE::METHOD'.");
        }

        var assembly = LoadAssembly(root, parts[0]);
        var type = assembly.GetType(parts[1])
            ?? throw Invalid($"Unable to load type '{parts[1]}' from assembly '{parts[0]}'.");
        var method = FindMethod(type, parts[2], parts[0]);
        try
        {
            var instance = method.IsStatic ? null : Activator.CreateInstance(type);
            return new UserFunction(method, instance).InvokeAsync;
        }
        catch (TargetInvocationException error) when (error.InnerException is { } cause)
        {
            // The constructor's own error, as it was thrown.
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
        catch (MissingMethodException error)
        {
            throw new LambdaRuntimeException("LambdaValidationException", $"The type '{parts[1]}' needs a public constructor without parameters.", error);
        }
    }

    private async Task<ReadOnlyMemory<byte>> InvokeAsync(ReadOnlyMemory<byte> payload, LambdaContext context)
    {
        var arguments = Arguments(payload, context);
        object? result;
        try
        {
            result = _method.Invoke(_instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }
        finally
        {
            foreach (var stream in arguments.OfType<Stream>())
            {
                await stream.DisposeAsync();
            }
        }

        var task = result as Task ?? Results.AsTask(result);
        if (task is not null)
        {
            await task;
            result = _resultOf(task);
        }

        return _serializer.Write(result, _resultType);
    }

    private object?[] Arguments(ReadOnlyMemory<byte> payload, LambdaContext context)
    {
        var parameters = _method.GetParameters();
        var values = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            values[i] = type == typeof(LambdaContext) ? context
                : ContextProxy.IsContext(type) ? ContextProxy.Create(type, context)
                : _serializer.Read(payload, type);
        }

        return values;
    }

    private static Assembly LoadAssembly(string root, string name)
    {
        var path = Path.GetFullPath(Path.Combine(root, name + ".dll"));
        if (!File.Exists(path))
        {
            throw Invalid($"Could not find the specified handler assembly with the file name '{name}.dll'. The assembly should be located in the root of your uploaded .zip file.");
        }

        // Into the default context, so that the types which this client and the function share are the same ones.
        var resolver = new AssemblyDependencyResolver(path);
        AssemblyLoadContext.Default.Resolving += (context, wanted) =>
            resolver.ResolveAssemblyToPath(wanted) is { } found ? context.LoadFromAssemblyPath(found) : Beside(context, root, wanted);
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, wanted) =>
            resolver.ResolveUnmanagedDllToPath(wanted) is { } found ? NativeLibraryOf(found) : nint.Zero;
        return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
    }

    // A package without a deps.json keeps its assemblies side by side.
    private static Assembly? Beside(AssemblyLoadContext context, string root, AssemblyName wanted)
    {
        var path = Path.Combine(root, wanted.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(Path.GetFullPath(path)) : null;
    }

    private static nint NativeLibraryOf(string path) => System.Runtime.InteropServices.NativeLibrary.Load(path);

    private static MethodInfo FindMethod(Type type, string name, string assembly)
    {
        var found = new List<MethodInfo>();
        for (var at = type; at is not null && found.Count == 0; at = at.BaseType)
        {
            found.AddRange(at.GetMethods(AnyMethod | BindingFlags.DeclaredOnly).Where(method => method.Name == name || method.ToString() == name));
        }

        if (found.Count == 0)
        {
            throw Invalid($"Unable to find method '{name}' in type '{type.FullName}' from assembly '{assembly}': Found no methods matching the provided information.");
        }

        if (found.Count > 1)
        {
            throw Invalid($"Unable to find method '{name}' in type '{type.FullName}' from assembly '{assembly}': Found more than one match.");
        }

        var method = found[0];
        var inputs = method.GetParameters().Count(parameter => !ContextProxy.IsContext(parameter.ParameterType) && parameter.ParameterType != typeof(LambdaContext));
        if (method.ContainsGenericParameters)
        {
            throw Invalid($"Handler methods cannot be generic. Method '{name}' contains generic parameters.");
        }

        return inputs <= 1
            ? method
            : throw Invalid($"Method '{name}' of type '{type.FullName}' is not supported: a handler takes at most one input and the context.");
    }

    private static LambdaRuntimeException Invalid(string message) => new("LambdaValidationException", message, null);
}
