/// A Swift type that Lua sees as an object: its properties, methods and operators.
public struct ObjectType {
    /// A field that is computed when read.
    public struct Property {
        public var name: String
        public var type: String
        public var summary: String
        /// Its names in earlier versions: scripts find it by these, with a note; help does not.
        public var formerNames: [String]
        var body: (Arguments) throws -> Value
    }

    /// Lua's operators on an object.
    public enum Operator: String, CaseIterable, Sendable {
        case add = "__add", subtract = "__sub", multiply = "__mul", divide = "__div", negate = "__unm", power = "__pow"
        case floorDivide = "__idiv", remainder = "__mod"
        case equal = "__eq", less = "__lt", lessOrEqual = "__le", length = "__len", call = "__call", concatenate = "__concat"

        /// The operator as scripts write it, for messages.
        var sign: String {
            switch self {
            case .add: "+"
            case .subtract: "-"
            case .multiply: "*"
            case .divide: "/"
            case .negate: "-"
            case .power: "^"
            case .floorDivide: "//"
            case .remainder: "%"
            case .equal: "=="
            case .less: "<"
            case .lessOrEqual: "<="
            case .length: "#"
            case .call: ""
            case .concatenate: ".."
            }
        }
    }

    public var name: String
    /// One sentence.
    public var summary: String
    public var properties: [Property]
    public var methods: [Function]
    /// Whether a number in brackets gives an element.
    public var hasElements: Bool { element != nil }
    /// The events of its metatable for operators: "__add", "__len".
    public var operatorNames: [String] { operators.map(\.0.rawValue) }
    /// The name of the type that its elements are of, where they are objects.
    public let elementType: String?
    /// What it is in files.
    public let data: ObjectData
    let key: UnsafeRawPointer
    let contentsType: Any.Type
    let describe: (Arguments) throws -> Value
    /// Whether the description is a drawing, which may have colours.
    public let isDrawn: Bool
    let element: ((Arguments) throws -> Value)?
    let operators: [(Operator, (Arguments) throws -> Value)]

    /// - Parameters:
    ///   - describe: What `tostring` gives, without a trailing newline; control characters in it are spelled out.
    ///   - isDrawn: Whether that is a drawing, which may have colours.
    ///   - element: The value for a number in brackets, counted from 1; `nil` past the end ends `ipairs`.
    ///   - elementType: The name of the type of such a value, where it is an object.
    ///   - operators: Their arguments are the operands, as Lua passes them; those of a call do not count the object, which is operand 1.
    ///   - value: The JSON value of an object that is not written by its fields.
    ///   - table: Its rows and columns, for an object that is a table.
    public init<Contents>(
        _ name: String, of contents: Contents.Type, _ summary: String,
        describe: @escaping (Contents) throws -> String,
        isDrawn: Bool = false,
        element: ((Contents, Int) throws -> Value)? = nil,
        elementType: String? = nil,
        operators: [(Operator, (Arguments) throws -> Value)] = [],
        value: ((Contents) throws -> Value)? = nil,
        table: ((Contents) throws -> DataTable)? = nil,
        properties: [ObjectProperty<Contents>] = [],
        methods: [Function] = []
    ) {
        self.name = name
        self.summary = summary
        self.methods = methods
        self.elementType = elementType
        data = ObjectData(
            value: value.map { value in { slot in try value(slot.object(Contents.self)) } },
            table: table.map { table in { slot in try table(slot.object(Contents.self)) } })
        key = Box<Contents>.key
        contentsType = Contents.self
        self.isDrawn = isDrawn
        self.describe = { .string(try describe($0.operand(1, Contents.self))) }
        if let element {
            self.element = { try element($0.operand(1, Contents.self), $0.elementIndex()) }
        } else {
            self.element = nil
        }
        self.operators = operators
        self.properties = properties.map { property in
            Property(name: property.name, type: property.type, summary: property.summary, formerNames: property.formerNames) {
                try property.get($0.operand(1, Contents.self))
            }
        }
    }
}

/// A property of an object, before its type is forgotten.
public struct ObjectProperty<Contents> {
    public var name: String
    public var type: String
    public var summary: String
    public private(set) var formerNames: [String] = []
    public var get: (Contents) throws -> Value

    public init(_ name: String, _ type: String, _ summary: String, get: @escaping (Contents) throws -> Value) {
        self.name = name
        self.type = type
        self.summary = summary
        self.get = get
    }
    /// The same property with the names that earlier versions had for it.
    public func formerly(_ names: String...) -> ObjectProperty {
        var property = self
        property.formerNames += names
        return property
    }
}
