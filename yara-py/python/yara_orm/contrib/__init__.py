"""What joins this library to others. Each module needs the library that it is named after."""
